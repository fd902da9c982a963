// SPDX-License-Identifier: MIT
// Curves beside a curve, as strokes have them.
#pragma once

#include <vector>

#include "svgfusion/svg/geometry.h"

namespace svgfusion::icon {

inline constexpr double kNoLength = 1e-9;  // icon units: what is shorter has no direction

inline svg::Point unit(svg::Point p) { return (1 / length(p)) * p; }
inline svg::Point normal_of(svg::Point direction) { return {-direction.y, direction.x}; }

// Unit direction of travel; at an end with a handle of no length, towards the next control.
svg::Point direction_at(svg::Point start, const svg::Segment& s, double t);

// What a pen covers along a part of a segment: between its offsets to either side, both in the
// direction of travel. `left` is where normal_of(direction) points.
struct Strip {
  svg::Point left_start;
  svg::Segment left;
  svg::Point right_start;
  svg::Segment right;
  bool is_plain = true;  // the part bends nowhere more tightly than the pen
};

// The segment's strips from start to end, for a pen reaching `half` to either side. Offsets are
// within `tolerance` of the true ones unless a strip is not plain.
void add_strips(svg::Point start, const svg::Segment& s, double half, double tolerance,
                std::vector<Strip>& out);

// The segments of a subpath that have a length, each with its start.
struct Course {
  std::vector<svg::Point> starts;
  std::vector<svg::Segment> segments;
};
Course course_of(const svg::Subpath& subpath);

}  // namespace svgfusion::icon
