// SPDX-License-Identifier: MIT
#include "arcs.h"

#include <algorithm>
#include <numbers>

#include "float_math.h"

namespace svgfusion::deepsvg {
namespace {

constexpr double kDegrees = 180 / std::numbers::pi;
constexpr double kRadians = std::numbers::pi / 180;

Point rotated(Point p, double degrees) {
  const auto c = static_cast<float>(std::cos(degrees * kRadians));
  const auto s = static_cast<float>(std::sin(degrees * kRadians));
  return {c * p.x + -s * p.y, s * p.x + c * p.y};
}

double signed_degrees(Point a, Point b) {
  return angle_between(a, b) * (cross(a, b) >= 0 ? 1 : -1) * kDegrees;
}

struct Ellipse {
  Point center;
  Point radius;
  double rotation;
  Point at(double angle) const {
    return center + rotated({static_cast<float>(radius.x * std::cos(angle)),
                             static_cast<float>(radius.y * std::sin(angle))},
                            rotation);
  }
  Point derivative(double angle) const {
    return rotated({static_cast<float>(-radius.x * std::sin(angle)),
                    static_cast<float>(radius.y * std::cos(angle))},
                   rotation);
  }
};

struct Sweep {
  Ellipse ellipse;
  double begin;   // degrees
  double extent;  // degrees, signed
};

// SVG 2 implementation notes, B.2.4, without B.2.5 (radii out of range).
Sweep center_form(const Command& arc) {
  const Point r = arc.radius;
  const Point half = 0.5 * (arc.start - arc.end);
  const Point middle = 0.5 * (arc.start + arc.end);
  const Point p = rotated(half, -arc.rotation);
  const auto square = [](float v) { return static_cast<double>(v) * static_cast<double>(v); };
  const double x2 = square(p.x), y2 = square(p.y), rx2 = square(r.x), ry2 = square(r.y);
  const double sign = arc.large == arc.sweep ? -1 : 1;
  const double root =
      std::sqrt(std::max((rx2 * ry2 - rx2 * y2 - ry2 * x2) / (rx2 * y2 + ry2 * x2), 0.0));
  const Point c = sign * root * Point{r.x * p.y / r.y, -r.y * p.x / r.x};
  const auto over = [&](Point v) { return Point{v.x / r.x, v.y / r.y}; };
  const Point from = over(p - c);
  const Point to = over(-(p + c));
  double extent = std::fmod(signed_degrees(from, to), 360.0);
  if (extent < 0) extent += 360;  // Python's remainder has the sign of the divisor
  if (arc.sweep == 0 && extent > 0) extent -= 360;
  return {
      {rotated(c, arc.rotation) + middle, r, arc.rotation}, signed_degrees({1, 0}, from), extent};
}

}  // namespace

std::vector<Command> arc_to_cubics(const Command& arc) {
  const Sweep sweep = center_form(arc);
  const int count = std::max(static_cast<int>(std::floor(std::fabs(sweep.extent) / 45)), 1);
  const auto eta = [&](int i) {
    return (sweep.begin + i * sweep.extent * (1.0 / count)) * kRadians;
  };
  std::vector<Command> out;
  for (int i = 0; i < count; ++i) {
    const double e1 = eta(i);
    const double e2 = eta(i + 1);
    const double tangent = std::tan(0.5 * (e2 - e1));
    const double alpha = std::sin(e2 - e1) * (std::sqrt(4 + 3 * (tangent * tangent)) - 1) / 3;
    const Point p1 = sweep.ellipse.at(e1);
    const Point p2 = sweep.ellipse.at(e2);
    out.push_back(cubic(p1, p1 + alpha * sweep.ellipse.derivative(e1),
                        p2 - alpha * sweep.ellipse.derivative(e2), p2));
  }
  return out;
}

}  // namespace svgfusion::deepsvg
