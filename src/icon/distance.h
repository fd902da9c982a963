// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>

#include "svgfusion/svg/geometry.h"

namespace svgfusion::icon {

// Of a point from a curve, by sixteen chords of it: too large by as much as the curve is off those.
inline double distance_to(svg::Point start, const svg::Segment& segment, svg::Point p) {
  constexpr int kChords = 16;
  double least = INFINITY;
  svg::Point from = start;
  for (int i = 1; i <= kChords; ++i) {
    const svg::Point to = svg::evaluate(start, segment, static_cast<double>(i) / kChords);
    const svg::Point along = to - from;
    const double squared = dot(along, along);
    const double t = squared > 0 ? std::clamp(dot(p - from, along) / squared, 0.0, 1.0) : 0;
    least = std::min(least, distance(p, from + t * along));
    from = to;
  }
  return least;
}

}  // namespace svgfusion::icon
