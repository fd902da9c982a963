// SPDX-License-Identifier: MIT
// The grids of a dataset as its file describes them: {"size": values a coordinate, "steps": of each
// row of icon::kGridSteps, in units of the 24 box}.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>

namespace svgfusion::dataset {

nlohmann::json grid_to_json(int bits);

// The bits, or nothing when these are not the grids of this program.
std::optional<int> grid_bits_from_json(const nlohmann::json& grid);

}  // namespace svgfusion::dataset
