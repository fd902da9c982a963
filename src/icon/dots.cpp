// SPDX-License-Identifier: MIT
#include "dots.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace svgfusion::icon {
namespace {

using svg::LineCap;
using svg::LineJoin;
using svg::Point;

constexpr double kPoint = 1e-6;
constexpr double kDot = 0.05;  // half a step of the token grid, on which it would be a point

// Then its ends are square to the axes, as a dot's are.
bool is_level_or_upright(const svg::Subpath& stroke) {
  Point current = stroke.start;
  const auto is_straight = [&](const svg::Segment& s) {
    const Point start = std::exchange(current, s.end);
    return s.kind == svg::Segment::Kind::kLine &&
           (std::abs(s.end.x - start.x) < kPoint || std::abs(s.end.y - start.y) < kPoint);
  };
  return std::all_of(stroke.segments.begin(), stroke.segments.end(), is_straight) &&
         (!stroke.closed || is_straight(svg::line_to(stroke.start)));
}

}  // namespace

std::optional<LineCap> cap_of_dot(const svg::Subpath& stroke, LineCap cap, LineJoin join) {
  const svg::Box box = svg::bounds(stroke);
  const double size = std::max(box.width(), box.height());
  if (size < kPoint) return cap;  // joins need a direction (SVG 2 §13.5.5), caps do not
  if (size > kDot) return std::nullopt;
  // A closed path has no caps and turns by a whole circle.
  const bool is_round = stroke.closed ? join == LineJoin::kRound : cap == LineCap::kRound;
  const bool has_corners = std::min(box.width(), box.height()) > kPoint;  // and no turns about
  const bool is_square =
      stroke.closed ? join == LineJoin::kMiter && has_corners : cap == LineCap::kSquare;
  if (is_round) return LineCap::kRound;
  if (is_square && is_level_or_upright(stroke)) return LineCap::kSquare;
  return std::nullopt;
}

svg::Subpath dot_in(const svg::Subpath& stroke) {
  const svg::Box box = svg::bounds(stroke);
  const Point middle{0.5 * (box.min_x + box.max_x), 0.5 * (box.min_y + box.max_y)};
  return {middle, {svg::line_to(middle)}, false};
}

}  // namespace svgfusion::icon
