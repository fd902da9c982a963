// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "svgfusion/deepsvg/drawing.h"

namespace svgfusion::deepsvg {

// Cubics of at least 45 degrees each. Radii that are too small are not scaled up, so the curve may
// miss the arc's ends.
std::vector<Command> arc_to_cubics(const Command& arc);

}  // namespace svgfusion::deepsvg
