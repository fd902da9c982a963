// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>

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

}  // namespace svgfusion::evaluation
