// SPDX-License-Identifier: MIT
#include "grid_json.h"

#include <nlohmann/json.hpp>
#include <vector>

#include "svgfusion/icon/grid.h"

namespace svgfusion::dataset {

nlohmann::json grid_to_json(int bits) {
  std::vector<double> steps;
  for (std::uint8_t row = 0; row < icon::kGridCount; ++row)
    steps.push_back(icon::Grid{row, static_cast<std::uint8_t>(bits)}.step());
  return {{"size", 1 << bits}, {"steps", steps}};
}

std::optional<int> grid_bits_from_json(const nlohmann::json& grid) {
  for (int bits = icon::kLeastGridBits; bits <= icon::kMostGridBits; ++bits) {
    if (grid == grid_to_json(bits)) return bits;
  }
  return std::nullopt;
}

}  // namespace svgfusion::dataset
