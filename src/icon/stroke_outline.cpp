// SPDX-License-Identifier: MIT
#include "stroke_outline.h"

#include <cmath>

#include "fit_cubic.h"
#include "svgfusion/svg/path_builder.h"

namespace svgfusion::icon {
namespace {

using svg::Point;
using svg::Segment;
using svg::Subpath;

constexpr int kMaxHalvings = 7;  // of a curve, until its offset is a cubic
constexpr double kZero = 1e-9;
constexpr double kSmoothCosine = 0.99999;  // joins at a smaller turn leave no gap to see

Point unit(Point p) { return (1 / length(p)) * p; }
Point normal_of(Point direction) { return {-direction.y, direction.x}; }

// Unit direction of travel; at an end with a handle of no length, towards the next control.
Point direction_at(Point start, const Segment& s, double t) {
  Point d = svg::Polynomial(start, s).first(t);
  if (length(d) < kZero) d = t < 0.5 ? start_tangent(start, s) : end_tangent(start, s);
  return length(d) < kZero ? Point{1, 0} : unit(d);
}

Point offset_point(Point start, const Segment& s, double t, double distance) {
  return svg::evaluate(start, s, t) + distance * normal_of(direction_at(start, s, t));
}

// How the offset curve's derivative relates to the curve's: 1 - distance times curvature.
double speed_ratio(Point start, const Segment& s, double t, double distance) {
  const svg::Polynomial curve(start, s);
  const Point d1 = curve.first(t);
  const double speed = length(d1);
  if (speed < kZero) return 1;
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

class Outliner {
 public:
  Outliner(const Pen& pen, double tolerance)
      : pen_(pen), half_(pen.width / 2), tolerance_(tolerance) {}

  void add(const Subpath& subpath) {
    std::vector<Segment> segments;
    Point current = subpath.start;
    std::vector<Point> starts;
    const auto keep = [&](const Segment& s) {
      if (svg::is_point(current, s, kZero)) return;
      starts.push_back(current);
      segments.push_back(s);
      current = s.end;
    };
    for (const Segment& s : subpath.segments) keep(s);
    if (subpath.closed) keep(svg::line_to(subpath.start));
    if (segments.empty()) {
      add_cap(subpath.start, {1, 0});
      add_cap(subpath.start, {-1, 0});
      return;
    }
    for (std::size_t i = 0; i < segments.size(); ++i) add_part(starts[i], segments[i], 0, 1, 0);
    for (std::size_t i = 0; i + 1 < segments.size(); ++i)
      add_join(starts[i], segments[i], segments[i + 1]);
    if (subpath.closed) {
      add_join(starts.back(), segments.back(), segments.front());
    } else {
      add_cap(segments.back().end, direction_at(starts.back(), segments.back(), 1));
      add_cap(starts.front(), -1 * direction_at(starts.front(), segments.front(), 0));
    }
  }

  std::vector<Subpath> take() { return std::move(pieces_); }

 private:
  // The strip between both offsets of a part of a segment.
  void add_part(Point start, const Segment& s, double t0, double t1, int halvings) {
    const Segment left = offset_segment(start, s, t0, t1, half_);
    const Segment right = offset_segment(start, s, t0, t1, -half_);
    const Point left_start = offset_point(start, s, t0, half_);
    const Point right_start = offset_point(start, s, t0, -half_);
    if (s.kind == Segment::Kind::kCubic && halvings < kMaxHalvings) {
      for (const double share : {0.25, 0.5, 0.75}) {
        const double t = t0 + share * (t1 - t0);
        const auto off = [&](Point from, const Segment& found, double side) {
          return distance(svg::evaluate(from, found, share), offset_point(start, s, t, side));
        };
        if (off(left_start, left, half_) > tolerance_ ||
            off(right_start, right, -half_) > tolerance_) {
          const double middle = (t0 + t1) / 2;
          add_part(start, s, t0, middle, halvings + 1);
          add_part(start, s, middle, t1, halvings + 1);
          return;
        }
      }
    }
    Subpath strip{left_start, {left, svg::line_to(right.end)}, true};
    if (right.kind == Segment::Kind::kLine) {
      strip.segments.push_back(svg::line_to(right_start));
    } else {
      strip.segments.push_back(svg::cubic_to(right.control2, right.control1, right_start));
    }
    pieces_.push_back(std::move(strip));
  }

  void add_join(Point start, const Segment& before, const Segment& after) {
    const Point at = before.end;
    const Point in = direction_at(start, before, 1);
    const Point out = direction_at(at, after, 0);
    const double cosine = dot(in, out);
    const double sine = cross(in, out);
    if (cosine > kSmoothCosine) return;
    if (pen_.join == svg::LineJoin::kRound) {
      add_circle(at);
      return;
    }
    // The outer corner lies on the left of the path when it turns right.
    const double side = sine > 0 ? -half_ : half_;
    const Point a = at + side * normal_of(in);
    const Point b = at + side * normal_of(out);
    Subpath corner{at, {svg::line_to(a)}, true};
    // SVG 2 §13.5.5: miter length over width is 1 / sin(theta / 2), theta between the segments.
    const double half_sine = std::sqrt(std::max(0.0, (1 + cosine) / 2));
    if (pen_.join == svg::LineJoin::kMiter && half_sine > kZero &&
        1 / half_sine <= pen_.miterlimit) {
      const Point middle = unit(a + b - 2 * at);
      corner.segments.push_back(svg::line_to(at + (half_ / half_sine) * middle));
    }
    corner.segments.push_back(svg::line_to(b));
    pieces_.push_back(std::move(corner));
  }

  void add_cap(Point at, Point direction) {
    if (pen_.cap == svg::LineCap::kButt) return;
    if (pen_.cap == svg::LineCap::kRound) {
      add_circle(at);
      return;
    }
    const Point n = half_ * normal_of(direction);
    const Point ahead = half_ * direction;
    pieces_.push_back(
        {at + n,
         {svg::line_to(at + n + ahead), svg::line_to(at - n + ahead), svg::line_to(at - n)},
         true});
  }

  void add_circle(Point c) {
    svg::PathBuilder circle;
    circle.move_to({c.x + half_, c.y});
    circle.arc_to(half_, half_, 0, false, true, {c.x - half_, c.y});
    circle.arc_to(half_, half_, 0, false, true, {c.x + half_, c.y});
    circle.close();
    pieces_.push_back(circle.take().subpaths.front());
  }

  const Pen& pen_;
  double half_;
  double tolerance_;
  std::vector<Subpath> pieces_;
};

}  // namespace

std::vector<Subpath> stroke_pieces(const svg::Path& path, const Pen& pen, double tolerance) {
  Outliner outliner(pen, tolerance);
  for (const Subpath& subpath : path.subpaths) outliner.add(subpath);
  return outliner.take();
}

}  // namespace svgfusion::icon
