// SPDX-License-Identifier: MIT
// A whole run: autoencoder, latents, denoiser, model directory.
#pragma once

#include <filesystem>
#include <string>

#include "svgfusion/training/experiment.h"

namespace svgfusion::training {

struct RunRequest {
  std::filesystem::path run;
  std::string stage = "all";    // all, autoencoder, encode or denoiser
  std::string resume = "auto";  // auto, never, or a checkpoint folder (then stage must name one)
  std::string device = "auto";
  int threads = 1;
};

// Leaves RUN/model/ ready to sample from. Throws what train_stage throws.
void train(const ExperimentConfig& config, const RunRequest& request);

}  // namespace svgfusion::training
