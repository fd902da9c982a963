// SPDX-License-Identifier: MIT
#pragma once

#include <optional>

#include "svgfusion/svg/geometry.h"
#include "svgfusion/svg/style.h"

namespace svgfusion::icon {

// A stroke so small (in icon units) that it is a dot: the cap of a point that draws the same, which
// may be of the stroke's joins; kButt draws nothing. Unset for other strokes.
std::optional<svg::LineCap> cap_of_dot(const svg::Subpath& stroke, svg::LineCap cap,
                                       svg::LineJoin join);

// A stroke of no length in the middle of another.
svg::Subpath dot_in(const svg::Subpath& stroke);

}  // namespace svgfusion::icon
