// SPDX-License-Identifier: MIT
#include "offset_curve.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "distance.h"
#include "fit_cubic.h"

namespace svgfusion::icon {
namespace {

using svg::Point;
using svg::Segment;

constexpr int kMaxHalvings = 7;  // of a curve, until its offset is a cubic at the same parameters
// The same where the curve turns within next to no length, as at a cusp; and by how much the parts
// may turn whose offsets are taken for arcs.
constexpr int kMaxTightHalvings = 24;
constexpr int kMaxTightParts = 200;  // of one curve: with coordinates of no precision, all turns
constexpr double kTightTurn = std::numbers::pi / 3;

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

// An arc in all but its shape: by its ends and the directions of travel there, which are `turn`
// apart, with the handles that a circle's arc of that angle has.
Segment arc_between(Point start, Point start_direction, Point end, Point end_direction,
                    double turn) {
  const Point chord = end - start;
  const double angle = std::abs(turn);
  const double share = angle < 1e-6 ? 1.0 / 3 : 2.0 / 3 * std::tan(angle / 4) / std::sin(angle / 2);
  const bool is_backward = dot(chord, start_direction + end_direction) < 0;
  const double handle = (is_backward ? -1 : 1) * share * length(chord);
  return svg::cubic_to(start + handle * start_direction, end - handle * end_direction, end);
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
      if (!is_near) {
        add_tight(t0, t1, halvings);
        return;
      }
      strip.is_plain = !turns_back(t0, t1, half_) && !turns_back(t0, t1, -half_);
    }
    out_.push_back(strip);
  }

 private:
  // Where the curve turns so tightly that its offsets are arcs about next to one point.
  void add_tight(double t0, double t1, int halvings) {
    const double turn = turn_between(t0, t1);
    Strip strip{at(t0, half_), {}, at(t0, -half_), {}, false};
    const Point first = direction_at(start_, s_, t0);
    const Point last = direction_at(start_, s_, t1);
    strip.left = arc_between(strip.left_start, first, at(t1, half_), last, turn);
    strip.right = arc_between(strip.right_start, first, at(t1, -half_), last, turn);
    const bool is_arc = std::abs(turn) <= kTightTurn && passes_near(strip, t0, t1);
    if (!is_arc && halvings < kMaxTightHalvings && tight_parts_ < kMaxTightParts) {
      ++tight_parts_;
      const double middle = (t0 + t1) / 2;
      add_tight(t0, middle, halvings + 1);
      add_tight(middle, t1, halvings + 1);
    } else if (std::abs(turn) <= kTightTurn) {
      out_.push_back(strip);
    } else {
      add_cusp(svg::evaluate(start_, s_, t0), first, turn);
    }
  }

  // The pen turns in one place.
  void add_cusp(Point pivot, Point direction, double turn) {
    const int count = static_cast<int>(std::ceil(std::abs(turn) / kTightTurn));
    const double step = turn / count;
    const Point rotation{std::cos(step), std::sin(step)};
    for (int i = 0; i < count; ++i) {
      const Point next{rotation.x * direction.x - rotation.y * direction.y,
                       rotation.y * direction.x + rotation.x * direction.y};
      const Point n0 = half_ * normal_of(direction);
      const Point n1 = half_ * normal_of(next);
      out_.push_back({pivot + n0, arc_between(pivot + n0, direction, pivot + n1, next, step),
                      pivot - n0, arc_between(pivot - n0, direction, pivot - n1, next, step),
                      false});
      direction = next;
    }
  }

  // By how much the direction turns in all, in radians.
  double turn_between(double t0, double t1) const {
    constexpr int kParts = 4;
    double turn = 0;
    Point before = direction_at(start_, s_, t0);
    for (int i = 1; i <= kParts; ++i) {
      const Point d = direction_at(start_, s_, std::lerp(t0, t1, i / double{kParts}));
      turn += std::atan2(cross(before, d), dot(before, d));
      before = d;
    }
    return turn;
  }

  bool passes_near(const Strip& strip, double t0, double t1) const {
    for (const double share : {0.25, 0.5, 0.75}) {
      const double t = std::lerp(t0, t1, share);
      if (distance_to(strip.left_start, strip.left, at(t, half_)) > tolerance_ ||
          distance_to(strip.right_start, strip.right, at(t, -half_)) > tolerance_)
        return false;
    }
    return true;
  }

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
  int tight_parts_ = 0;
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
