// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
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

inline MonotoneEdge reversed(const MonotoneEdge& edge) {
  const auto& [kind, control1, control2, end] = edge.segment;
  return {end, {kind, control2, control1, edge.start}, edge.source, edge.to, edge.from};
}

// Finds where a monotone cubic is at given heights, one after another in the order in which it
// comes by them.
class Climb {
 public:
  // `accuracy`: how far off a height what is found may be, in icon units.
  Climb(const MonotoneEdge& edge, double accuracy);
  // `y` is between those of the last place asked for, or of the start, and of the end.
  double x_at(double y);

 private:
  void go_to(double t);

  svg::Polynomial curve_;
  double accuracy_;
  double sign_;                  // of dy/dt
  double t_, y_, slope_, bend_;  // the place, its height and the derivatives of that by t
};

}  // namespace svgfusion::icon
