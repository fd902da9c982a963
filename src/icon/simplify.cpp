// SPDX-License-Identifier: MIT
#include "svgfusion/icon/simplify.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>
#include <span>

#include "fit_cubic.h"
#include "svgfusion/icon/grid.h"

namespace svgfusion::icon {
namespace {

using svg::Point;
using svg::Segment;
using svg::Subpath;

constexpr double kAsPoint = 1e-6;    // icon units: no longer than a point
constexpr Grid kFinest{};            // the finest grid that covers the whole box
constexpr double kStraight = 0.005;  // icon units; a twentieth of a grid step

double distance_to_chord(Point p, Point a, Point b) {
  const Point along = b - a;
  const double size = length(along);
  return size < kAsPoint ? distance(p, a) : std::abs(cross(along, p - a)) / size;
}

// Whether p's foot lies between a and b, so that the segment runs forward only.
bool between(Point p, Point a, Point b) {
  const Point along = b - a;
  const double t = dot(p - a, along);
  return t >= -kAsPoint && t <= dot(along, along) + kAsPoint;
}

bool is_straight(Point start, const Segment& s) {
  return s.kind == Segment::Kind::kCubic &&
         distance_to_chord(s.control1, start, s.end) < kStraight &&
         distance_to_chord(s.control2, start, s.end) < kStraight &&
         between(s.control1, start, s.end) && between(s.control2, start, s.end);
}

void drop_empty_and_straighten(Subpath& contour) {
  if (contour.segments.empty()) return;
  std::size_t kept = 0;
  Point current = contour.start;
  for (Segment s : contour.segments) {
    if (is_straight(current, s)) s = svg::line_to(s.end);
    if (svg::is_point(current, s, kAsPoint)) continue;
    contour.segments[kept++] = s;
    current = s.end;
  }
  if (kept == 0) contour.segments[kept++] = svg::line_to(contour.start);  // a dot
  contour.segments.resize(kept);
}

void join_lines(Subpath& contour) {
  std::size_t kept = 0;
  Point before = contour.start;  // start of the last kept segment
  Point current = contour.start;
  for (const Segment s : contour.segments) {
    const bool joins = kept > 0 && s.kind == Segment::Kind::kLine &&
                       contour.segments[kept - 1].kind == Segment::Kind::kLine &&
                       distance_to_chord(current, before, s.end) < kStraight &&
                       between(current, before, s.end);
    if (!joins) {
      before = current;
      ++kept;
    }
    contour.segments[kept - 1] = s;
    current = s.end;
  }
  contour.segments.resize(kept);
}

bool joins_smoothly(Point a_start, const Segment& a, const Segment& b, double cos_limit) {
  const Point out = end_tangent(a_start, a);
  const Point in = start_tangent(a.end, b);
  const double size = length(out) * length(in);
  return size > 0 && dot(out, in) >= cos_limit * size;
}

bool controls_on_grid(const Segment& s) {
  return s.kind == Segment::Kind::kLine ||
         (kFinest.reaches(s.control1) && kFinest.reaches(s.control2));
}

// A curve whose controls lie beyond the grid while its ends do not is cut in two until they fit.
void add_cut_to_grid(Point start, const Segment& s, int cuts, std::vector<Segment>& out) {
  if (cuts == 0 || controls_on_grid(s) || !kFinest.reaches(start) || !kFinest.reaches(s.end)) {
    out.push_back(s);
    return;
  }
  const Segment first = svg::part_of(start, s, 0, 0.5);
  add_cut_to_grid(start, first, cuts - 1, out);
  add_cut_to_grid(first.end, svg::part_of(start, s, 0.5, 1), cuts - 1, out);
}

void cut_to_grid(Subpath& contour) {
  constexpr int kMaxCuts = 3;
  if (std::all_of(contour.segments.begin(), contour.segments.end(), controls_on_grid)) return;
  std::vector<Segment> cut;
  Point current = contour.start;
  for (const Segment& s : contour.segments) {
    add_cut_to_grid(current, s, kMaxCuts, cut);
    current = s.end;
  }
  contour.segments = std::move(cut);
}

void merge_curves(Subpath& contour, const SimplifyOptions& options) {
  const double cos_limit = std::cos(options.corner_degrees * std::numbers::pi / 180);
  std::vector<Segment>& segments = contour.segments;
  std::size_t kept = 0;
  Point start = contour.start;
  for (std::size_t i = 0; i < segments.size();) {
    Segment best = segments[i];
    std::size_t next = i + 1;
    Point last_start = start;  // of the last segment of the run
    for (std::size_t end = i + 1;
         end < segments.size() && segments[end - 1].kind == Segment::Kind::kCubic &&
         segments[end].kind == Segment::Kind::kCubic &&
         joins_smoothly(last_start, segments[end - 1], segments[end], cos_limit);
         ++end) {
      const auto merged =
          fit_cubic(start, std::span(segments).subspan(i, end + 1 - i), options.tolerance);
      if (!merged || !controls_on_grid(*merged)) break;
      best = *merged;
      next = end + 1;
      last_start = segments[end - 1].end;
    }
    start = best.end;
    segments[kept++] = best;
    i = next;
  }
  segments.resize(kept);
}

}  // namespace

void simplify(Subpath& contour, const SimplifyOptions& options) {
  drop_empty_and_straighten(contour);
  join_lines(contour);
  if (options.tolerance > 0) merge_curves(contour, options);
  cut_to_grid(contour);
}

void simplify(Icon& icon, const SimplifyOptions& options) {
  for (Contour& contour : icon.contours) simplify(contour.geometry, options);
  put_in_order(icon);
}

}  // namespace svgfusion::icon
