// SPDX-License-Identifier: MIT
#pragma once

#include "svgfusion/icon/tokens.h"

namespace svgfusion::dataset {

// The grid of DeepSVG's data and models, of icon::kGridSteps: 256 values over the box.
inline constexpr std::uint8_t kDeepSvgGrid = 1;
static_assert(icon::kStepsAcrossBox[kDeepSvgGrid] == icon::kGridSize);

}  // namespace svgfusion::dataset
