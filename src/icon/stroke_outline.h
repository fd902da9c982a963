// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "svgfusion/icon/region.h"
#include "svgfusion/svg/style.h"

namespace svgfusion::icon {

struct Pen {
  double width = 1;
  svg::LineCap cap = svg::LineCap::kButt;
  svg::LineJoin join = svg::LineJoin::kMiter;
  double miterlimit = 4;
};

// The area that a stroke covers (SVG 2 §13.5.3 to 13.5.5), as shapes under the non-zero rule whose
// union it is: one a subpath, its outline; where a curve bends more tightly than the pen, the
// strips, joins and caps of its subpath one by one. Offset curves are cubics within `tolerance` of
// the true ones, in the path's units.
std::vector<FilledShape> stroke_shapes(const svg::Path& path, const Pen& pen, double tolerance);

}  // namespace svgfusion::icon
