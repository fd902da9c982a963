// SPDX-License-Identifier: MIT
// The latents file (*.latents.safetensors): what the autoencoder says of every icon of a dataset,
// with the statistics that the denoiser standardises by.
#pragma once

#include <filesystem>
#include <functional>

#include "svgfusion/model/autoencoder.h"
#include "svgfusion/model/denoiser.h"

namespace svgfusion::model {

inline constexpr std::int64_t kLatentsVersion = 1;

struct Latents {
  torch::Tensor values;  // [N, T, D] f32
  torch::Tensor labels;  // [N] i64
  torch::Tensor mean;    // [T, D]
  torch::Tensor std;     // [T, D], at least 1e-4
  std::vector<std::string> names;
  std::vector<std::string> label_names;
  std::string autoencoder;  // autoencoder_hash of what made them
  std::string dataset;      // Dataset::fingerprint of what they were made from; empty for samples
};

// Encodes every icon in order, `batch_size` at a time. `progress` may throw to stop.
Latents encode_dataset(Autoencoder& model, const dataset::Dataset& data, std::int64_t batch_size,
                       const std::function<void(std::int64_t done)>& progress = {});

// Per-dimension mean and standard deviation over N, and over T too where `over_tokens`: of latents
// per contour, whose last tokens are nearly always empty, and would be huge where they are not.
void set_statistics(Latents& latents, bool over_tokens = false);

// What the denoiser standardises by: the latents' statistics, or its configuration's one scale.
void set_latent_scale(Denoiser& denoiser, const Latents& latents);

void save_latents(const std::filesystem::path& path, const Latents& latents);
// Throws FileError or DataError.
Latents load_latents(const std::filesystem::path& path);

}  // namespace svgfusion::model
