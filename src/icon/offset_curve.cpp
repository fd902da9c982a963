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

// Unit direction of travel where the derivative is `d`.
Point direction_of(Point d, Point start, const Segment& s, double t) {
  if (length(d) < kNoLength) d = t < 0.5 ? start_tangent(start, s) : end_tangent(start, s);
  return length(d) < kNoLength ? Point{1, 0} : unit(d);
}

// A place on a curve, with what its offsets to either side need.
struct Place {
  Point on;
  Point first, second;  // derivatives
  Point direction;      // unit

  Point beside(double side) const { return on + side * normal_of(direction); }

  // How the offset curve's derivative relates to the curve's: 1 - distance times curvature.
  double speed_ratio(double side) const {
    const double speed = length(first);
    if (speed < kNoLength) return 1;
    return 1 - side * cross(first, second) / (speed * speed * speed);
  }
};

Place place_at(Point start, const Segment& s, double t) {
  const svg::Polynomial curve(start, s);
  const Point first = curve.first(t);
  return {svg::evaluate(start, s, t), first, curve.second(t), direction_of(first, start, s, t)};
}

// Where a part of a cubic is looked at: evenly, from its start to its end.
constexpr std::size_t kSteps = 8;
using Places = std::array<Place, kSteps + 1>;

// The offset of the part as a cubic with its end points and end derivatives.
Segment offset_segment(const Place& first, const Place& last, double t0, double t1, double side) {
  const double third = (t1 - t0) / 3;
  const Point d0 = first.speed_ratio(side) * first.first;
  const Point d1 = last.speed_ratio(side) * last.first;
  const Point end = last.beside(side);
  return svg::cubic_to(first.beside(side) + third * d0, end - third * d1, end);
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
    if (s_.kind == Segment::Kind::kLine) {
      out_.push_back({at(t0, half_), svg::line_to(at(t1, half_)), at(t0, -half_),
                      svg::line_to(at(t1, -half_))});
      return;
    }
    Places places;
    for (std::size_t i = 0; i <= kSteps; ++i)
      places[i] = place(t0 + static_cast<double>(i) / kSteps * (t1 - t0));
    const bool is_left_dot = is_dot(places, half_);
    const bool is_right_dot = is_dot(places, -half_);
    const auto side = [&](bool is_point, double to) {
      return is_point ? svg::line_to(places.back().beside(to))
                      : offset_segment(places.front(), places.back(), t0, t1, to);
    };
    Strip strip{places.front().beside(half_), side(is_left_dot, half_),
                places.front().beside(-half_), side(is_right_dot, -half_)};
    if (stays_near(strip, places)) {
      strip.is_plain = (is_left_dot || runs_forward(places, half_)) &&
                       (is_right_dot || runs_forward(places, -half_));
      out_.push_back(strip);
    } else if (halvings < kMaxHalvings) {
      const double middle = (t0 + t1) / 2;
      add(t0, middle, halvings + 1);
      add(middle, t1, halvings + 1);
    } else {
      add_tight(t0, t1, halvings);
    }
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

  Place place(double t) const { return place_at(start_, s_, t); }
  Point at(double t, double side) const { return place(t).beside(side); }

  bool stays_near(const Strip& strip, const Places& places) const {
    for (std::size_t i = 2; i < kSteps; i += 2) {
      const double share = static_cast<double>(i) / kSteps;
      const auto off = [&](Point from, const Segment& found, double side) {
        return distance(svg::evaluate(from, found, share), places[i].beside(side));
      };
      if (off(strip.left_start, strip.left, half_) > tolerance_ ||
          off(strip.right_start, strip.right, -half_) > tolerance_)
        return false;
    }
    return true;
  }

  // Whether an offset is but a point, as on the inner side of a corner rounded like the pen.
  bool is_dot(const Places& places, double side) const {
    const Point first = places.front().beside(side);
    return std::all_of(places.begin(), places.end(), [&](const Place& place) {
      return distance(first, place.beside(side)) < tolerance_;
    });
  }

  static bool runs_forward(const Places& places, double side) {
    return std::all_of(places.begin(), places.end(),
                       [&](const Place& place) { return place.speed_ratio(side) >= 0; });
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
  return direction_of(svg::Polynomial(start, s).first(t), start, s, t);
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
