// SPDX-License-Identifier: MIT
// The reference's parameter names in its order, and the integer formula that fills them in
// tests/reference/*.json.
#pragma once

#include <torch/nn/module.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "svgfusion/model/autoencoder_config.h"

namespace svgfusion::model {

struct ReferenceName {
  std::string reference;
  std::string ours;
  // Where several of the reference's parameters are one here: which rows; 0: all.
  std::int64_t first_row = 0, rows = 0;
};

// named_parameters() of DeepSVG's model of this configuration, each with the name here.
std::vector<ReferenceName> deepsvg_names(const AutoencoderConfig& config);
// The same of the thesis's denoiser.
std::vector<ReferenceName> dit_names(std::int64_t depth, std::int64_t width);

// Uniform in [-0.5, 0.5) by flat index i and tensor number k.
torch::Tensor reference_noise(const std::vector<std::int64_t>& shape, std::int64_t k);

// Fills every parameter by the formula; fails the test when the two lists of names differ.
void fill_as_reference(torch::nn::Module& module, const std::vector<ReferenceName>& names);

// Plain Adam steps on a loss, for tests that overfit.
void train_plainly(torch::nn::Module& module, int steps, double rate,
                   const std::function<torch::Tensor()>& loss);

}  // namespace svgfusion::model
