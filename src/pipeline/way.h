// SPDX-License-Identifier: MIT
// The way of one sample from noise to data, as pictures.
#pragma once

#include <filesystem>
#include <vector>

#include "svgfusion/diffusion/sampler.h"
#include "svgfusion/icon/icon.h"

namespace svgfusion::pipeline {

// Keeps latents of the first sample of a batch at evenly spaced steps.
class Way {
 public:
  explicit Way(std::int64_t steps);
  diffusion::Observe observer();
  const std::vector<torch::Tensor>& states() const { return states_; }        // [1, T, D] each
  const std::vector<torch::Tensor>& estimates() const { return estimates_; }  // of clean latents

 private:
  std::vector<bool> wanted_;
  std::vector<torch::Tensor> states_, estimates_;
};

}  // namespace svgfusion::pipeline
