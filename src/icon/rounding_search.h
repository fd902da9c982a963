// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "rounding_cost.h"
#include "svgfusion/icon/grid.h"

namespace svgfusion::icon {

// Variables that are to be grid values, and the sum of quadratic forms that says what their errors
// cost.
struct RoundingProblem {
  std::vector<double> wanted;  // by variable, in grid steps
  std::vector<int> values;     // by variable: from 0 to below the grid's count
  std::vector<Piece> pieces;
};

// Lowers the cost by steps of one: of a variable, or of two of one piece, the best first, until
// none is found that helps.
void lower_cost(RoundingProblem& problem, Grid grid);

}  // namespace svgfusion::icon
