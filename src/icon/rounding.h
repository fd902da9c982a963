// SPDX-License-Identifier: MIT
#pragma once

#include "svgfusion/icon/grid.h"
#include "svgfusion/svg/geometry.h"

namespace svgfusion::icon {

// Moves every coordinate of the contour to a value of the grid so that the curve moves as little as
// possible across itself. Rounding each to the nearest value is only the start: what moves a curve
// along itself costs nothing, and a handle can make good what an end has lost. Minimises the
// integral of the squared displacement along the original's normal over the length, a quadratic
// form in the rounding errors, by single and pairwise steps of one grid value. `stroke_width`, in
// icon units, is 0 for a fill, whose closing line counts although it is not written; the ends of an
// open stroke may not slide along it either.
void round_to_grid(svg::Subpath& contour, double stroke_width, Grid grid);

}  // namespace svgfusion::icon
