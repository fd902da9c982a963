// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "svgfusion/svg/geometry.h"

namespace svgfusion::icon {

// A line, or a cubic that is monotone in x and in y, so that its bounds are those of its ends.
struct MonotoneEdge {
  svg::Point start;
  svg::Segment segment;
  std::size_t source = 0;  // the edge it was cut from, and where
  double from = 0;
  double to = 1;
};

// Cuts a segment at the extrema of both coordinates.
void add_monotone(svg::Point start, const svg::Segment& segment, std::size_t source,
                  std::vector<MonotoneEdge>& out);

// Adds the parameters of `a` and of `b` at which the edges meet. False when they run along each
// other on different curves, where there is no finite set of them.
bool intersect(const MonotoneEdge& a, const MonotoneEdge& b, std::vector<double>& on_a,
               std::vector<double>& on_b);

}  // namespace svgfusion::icon
