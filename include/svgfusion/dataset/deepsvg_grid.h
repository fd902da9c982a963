// SPDX-License-Identifier: MIT
#pragma once

#include "svgfusion/icon/grid.h"

namespace svgfusion::dataset {

// The grid of DeepSVG's data and models: 256 values over the box.
inline constexpr icon::Grid kDeepSvgGrid{1, 8};
static_assert(icon::kStepsAcrossBox[kDeepSvgGrid.row] == kDeepSvgGrid.values());

}  // namespace svgfusion::dataset
