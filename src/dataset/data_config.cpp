// SPDX-License-Identifier: MIT
#include "svgfusion/dataset/data_config.h"

#include "svgfusion/dataset/deepsvg_grid.h"

namespace svgfusion::dataset {

std::vector<std::string> DataConfig::default_characters() {
  std::vector<std::string> out;
  for (char c = 'A'; c <= 'Z'; ++c) out.emplace_back(1, c);
  for (char c = 'a'; c <= 'z'; ++c) out.emplace_back(1, c);
  for (char c = '0'; c <= '9'; ++c) out.emplace_back(1, c);
  return out;
}

DataConfig DataConfig::defaults(const std::string& format) {
  DataConfig config;
  config.format = format;
  if (format == "deepsvg") {
    config.limits = {8, 30, 50};
    config.grid_bits = kDeepSvgGrid.bits;
    config.duplicates = "keep";
  }
  return config;
}

}  // namespace svgfusion::dataset
