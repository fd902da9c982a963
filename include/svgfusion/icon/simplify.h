// SPDX-License-Identifier: MIT
// Gentle simplification: fewer commands, the same picture.
#pragma once

#include "svgfusion/config/fields.h"
#include "svgfusion/icon/icon.h"

namespace svgfusion::icon {

struct SimplifyOptions {
  double tolerance = 0.02;
  double corner_degrees = 4;

  void visit(config::FieldVisitor& fields) {
    fields.field(
        "tolerance", tolerance,
        {.doc = "largest distance a curve may move, in units of the 24 box; 0 merges no curves",
         .min = 0,
         .max = 1});
    fields.field("corner_degrees", corner_degrees,
                 {.doc = "curves that meet at a larger turn are not merged", .min = 0, .max = 90});
  }
};

// Drops zero-length segments, makes straight cubics lines, joins collinear lines, and replaces runs
// of smoothly joined cubics by one each while it stays within the tolerance of them. Curves whose
// controls lie beyond the grid are cut, so that the drawing can go on it unchanged.
void simplify(Icon& icon, const SimplifyOptions& options = {});
void simplify(svg::Subpath& contour, const SimplifyOptions& options);

}  // namespace svgfusion::icon
