// SPDX-License-Identifier: MIT
// A whole run: autoencoder, latents, denoiser, model directory.
#pragma once

#include <filesystem>
#include <string>

#include "svgfusion/training/experiment.h"
#include "svgfusion/training/launch.h"

namespace svgfusion::training {

struct RunRequest {
  std::filesystem::path run;
  std::string stage = "all";    // all, autoencoder, encode or denoiser
  std::string resume = "auto";  // auto, never, or a checkpoint folder (then stage must name one)
  std::string device = "auto";
  int threads = 1;
  bool profile = false;  // write a trace of a few steps of each stage
  bool graph = true;     // on a GPU, record the step as a CUDA graph
  bool kernels = true;   // use kernels of our own
  Launch launch;         // which process of the run this is
};

// Leaves RUN/model/ ready to sample from. All processes of a run are given the same request but for
// the launch; the first one writes. Throws what train_stage throws.
void train(const ExperimentConfig& config, const RunRequest& request);

}  // namespace svgfusion::training
