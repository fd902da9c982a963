// SPDX-License-Identifier: MIT
// Fuzz targets: each takes any bytes, and aborts when the program breaks a promise about them.
// libFuzzer drives them (scripts/fuzz.sh); the ordinary tests replay seeds and hostile files.
#pragma once

#include <string_view>
#include <vector>

namespace svgfusion::fuzz {

struct Target {
  const char* name;
  void (*run)(std::string_view bytes);
};

// numbers, path, style, document, iconify, dataset, safetensors
const std::vector<Target>& targets();

}  // namespace svgfusion::fuzz
