// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "svgfusion/deepsvg/drawing.h"

namespace svgfusion::deepsvg {

// Fewer commands through about the same points: cubics where curves run on smoothly, lines
// elsewhere. The path must not be empty. Throws SvgError where the reference fails.
std::vector<Command> fitted(const Path& path);

}  // namespace svgfusion::deepsvg
