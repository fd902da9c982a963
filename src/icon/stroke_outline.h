// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "svgfusion/svg/geometry.h"
#include "svgfusion/svg/style.h"

namespace svgfusion::icon {

struct Pen {
  double width = 1;
  svg::LineCap cap = svg::LineCap::kButt;
  svg::LineJoin join = svg::LineJoin::kMiter;
  double miterlimit = 4;
};

// The area that a stroke covers (SVG 2 §13.5.3 to 13.5.5), as closed pieces whose union it is: one
// along each part of a segment, one a join, one a cap. Offset curves are cubics within `tolerance`
// of the true ones, in the path's units.
std::vector<svg::Subpath> stroke_pieces(const svg::Path& path, const Pen& pen, double tolerance);

}  // namespace svgfusion::icon
