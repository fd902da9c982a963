// SPDX-License-Identifier: MIT
#include "offset_curve.h"

#include <algorithm>
#include <array>

#include "fit_cubic.h"

namespace svgfusion::icon {
namespace {

using svg::Point;
using svg::Segment;

constexpr int kMaxHalvings = 7;  // of a curve, until its offset is a cubic

Point offset_point(Point start, const Segment& s, double t, double distance) {
  return svg::evaluate(start, s, t) + distance * normal_of(direction_at(start, s, t));
}

// How the offset curve's derivative relates to the curve's: 1 - distance times curvature.
double speed_ratio(Point start, const Segment& s, double t, double distance) {
  const svg::Polynomial curve(start, s);
  const Point d1 = curve.first(t);
  const double speed = length(d1);
  if (speed < kNoLength) return 1;
  return 1 - distance * cross(d1, curve.second(t)) / (speed * speed * speed);
}

// The offset of the part from t0 to t1 as a cubic with its end points and end derivatives.
Segment offset_segment(Point start, const Segment& s, double t0, double t1, double distance) {
  const Point end = offset_point(start, s, t1, distance);
  if (s.kind == Segment::Kind::kLine) return svg::line_to(end);
  const double third = (t1 - t0) / 3;
  const svg::Polynomial curve(start, s);
  const Point d0 = speed_ratio(start, s, t0, distance) * curve.first(t0);
  const Point d1 = speed_ratio(start, s, t1, distance) * curve.first(t1);
  return svg::cubic_to(offset_point(start, s, t0, distance) + third * d0, end - third * d1, end);
}

class StripMaker {
 public:
  StripMaker(Point start, const Segment& s, double half, double tolerance, std::vector<Strip>& out)
      : start_(start), s_(s), half_(half), tolerance_(tolerance), out_(out) {}

  void add(double t0, double t1, int halvings) {
    Strip strip{at(t0, half_), side(t0, t1, half_), at(t0, -half_), side(t0, t1, -half_)};
    if (s_.kind == Segment::Kind::kCubic) {
      const bool is_near = stays_near(strip, t0, t1);
      if (!is_near && halvings < kMaxHalvings) {
        const double middle = (t0 + t1) / 2;
        add(t0, middle, halvings + 1);
        add(middle, t1, halvings + 1);
        return;
      }
      strip.is_plain = is_near && !turns_back(t0, t1, half_) && !turns_back(t0, t1, -half_);
    }
    out_.push_back(strip);
  }

 private:
  Point at(double t, double side) const { return offset_point(start_, s_, t, side); }

  bool stays_near(const Strip& strip, double t0, double t1) const {
    for (const double share : {0.25, 0.5, 0.75}) {
      const double t = t0 + share * (t1 - t0);
      const auto off = [&](Point from, const Segment& found, double side) {
        return distance(svg::evaluate(from, found, share), at(t, side));
      };
      if (off(strip.left_start, strip.left, half_) > tolerance_ ||
          off(strip.right_start, strip.right, -half_) > tolerance_)
        return false;
    }
    return true;
  }

  Segment side(double t0, double t1, double distance) const {
    return is_dot(t0, t1, distance) ? svg::line_to(at(t1, distance))
                                    : offset_segment(start_, s_, t0, t1, distance);
  }

  // Whether an offset is but a point, as on the inner side of a corner rounded like the pen.
  bool is_dot(double t0, double t1, double side) const {
    const Point first = at(t0, side);
    return all_along(t0, t1, [&](double t) { return distance(first, at(t, side)) < tolerance_; });
  }

  bool turns_back(double t0, double t1, double side) const {
    return !is_dot(t0, t1, side) &&
           !all_along(t0, t1, [&](double t) { return speed_ratio(start_, s_, t, side) >= 0; });
  }

  template <class Holds>
  static bool all_along(double t0, double t1, const Holds& holds) {
    constexpr std::array kShares{0.0, 0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 1.0};
    return std::all_of(kShares.begin(), kShares.end(),
                       [&](double share) { return holds(t0 + share * (t1 - t0)); });
  }

  Point start_;
  const Segment& s_;
  double half_;
  double tolerance_;
  std::vector<Strip>& out_;
};

}  // namespace

Point direction_at(Point start, const Segment& s, double t) {
  Point d = svg::Polynomial(start, s).first(t);
  if (length(d) < kNoLength) d = t < 0.5 ? start_tangent(start, s) : end_tangent(start, s);
  return length(d) < kNoLength ? Point{1, 0} : unit(d);
}

void add_strips(Point start, const Segment& s, double half, double tolerance,
                std::vector<Strip>& out) {
  StripMaker(start, s, half, tolerance, out).add(0, 1, 0);
}

Course course_of(const svg::Subpath& subpath) {
  Course course;
  Point current = subpath.start;
  const auto keep = [&](const Segment& s) {
    if (svg::is_point(current, s, kNoLength)) return;
    course.starts.push_back(current);
    course.segments.push_back(s);
    current = s.end;
  };
  for (const Segment& s : subpath.segments) keep(s);
  if (subpath.closed) keep(svg::line_to(subpath.start));
  return course;
}

}  // namespace svgfusion::icon
