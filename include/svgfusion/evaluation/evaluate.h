// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "svgfusion/diffusion/diffusion_config.h"

namespace svgfusion::evaluation {

struct EvaluateJob {
  std::filesystem::path model;
  std::filesystem::path data;
  std::filesystem::path sheet;  // PNG of samples, each above its nearest training icon; empty: none
  std::int64_t count = 8;       // samples a label; 0: no samples
  std::int64_t seed = 0;
  std::string device = "auto";
  int threads = 1;
};

// {"reconstruction": {...}, "samples": {...}}. Reconstruction is of the test split, else the
// validation split, else all icons; "of" says which. Samples are compared with the train split.
nlohmann::json evaluate(const EvaluateJob& job);

struct FloorJob {
  std::filesystem::path latents;
  std::filesystem::path model;  // its denoiser is held against the floors; empty: floors only
  diffusion::DiffusionConfig diffusion;  // without a model
  double label_dropout = 0.1;            // without a model
  double latent_scale = 0;               // without a model
  std::int64_t draws = 20000;
  std::int64_t seed = 0;
  std::string device = "auto";
  int threads = 1;
};

// {"gaussian": {...}, "empirical": {...}, "denoiser": {...}}: losses, errors of the clean latent,
// in all and in ten parts of time, and with a model their ratios. Throws DataError when the latents
// are of another model.
nlohmann::json floor(const FloorJob& job);

}  // namespace svgfusion::evaluation
