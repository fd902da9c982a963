// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <vector>

namespace svgfusion::model {

// The column of each row, all different, at the least sum of costs (Kuhn 1955, in the form with
// potentials, O(rows^2 columns)). There must be at least as many columns as rows.
std::vector<std::int64_t> least_cost_assignment(const std::vector<std::vector<double>>& costs);

}  // namespace svgfusion::model
