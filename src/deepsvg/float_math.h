// SPDX-License-Identifier: MIT
// The few vector operations of the reference, rounded as it rounds: products of coordinates in
// float32, norms and quotients in double.
#pragma once

#include <cmath>

#include "svgfusion/base/error.h"
#include "svgfusion/deepsvg/drawing.h"

namespace svgfusion::deepsvg {

inline float dot(Point a, Point b) { return a.x * b.x + a.y * b.y; }
inline float cross(Point a, Point b) { return a.x * b.y - a.y * b.x; }
inline double norm(Point p) { return std::sqrt(dot(p, p)); }
inline double distance(Point a, Point b) { return norm(a - b); }

// Throws SvgError for a vector without length, where the reference divides by zero.
inline Point normalized(Point p) {
  const double length = norm(p);
  if (length == 0) throw base::SvgError("a direction has no length; DeepSVG divides by zero here");
  return (1 / length) * p;
}

inline bool is_close(float a, float b) { return std::fabs(a - b) <= 1e-8f + 1e-5f * std::fabs(b); }
inline bool is_close(Point a, Point b) { return is_close(a.x, b.x) && is_close(a.y, b.y); }

// Between two directions, in radians.
inline double angle_between(Point a, Point b) {
  const float cosine = dot(normalized(a), normalized(b));
  return std::acos(std::fmin(std::fmax(static_cast<double>(cosine), -1.0), 1.0));
}

inline Point evaluate(const Command& c, double t) {
  const double u = 1 - t;
  return std::pow(u, 3) * c.start + 3 * (u * u) * t * c.control1 + 3 * u * (t * t) * c.control2 +
         std::pow(t, 3) * c.end;
}
inline Point first_derivative(const Command& c, double t) {
  const double u = 1 - t;
  return 3 * (u * u) * (c.control1 - c.start) + 6 * u * t * (c.control2 - c.control1) +
         3 * (t * t) * (c.end - c.control2);
}
inline Point second_derivative(const Command& c, double t) {
  return 6 * (1 - t) * (c.control2 - 2 * c.control1 + c.start) +
         6 * t * (c.end - 2 * c.control2 + c.control1);
}

inline Command line(Point start, Point end) {
  Command c;
  c.start = start;
  c.end = end;
  return c;
}
inline Command cubic(Point start, Point control1, Point control2, Point end) {
  Command c;
  c.kind = Command::Kind::kCubic;
  c.start = start;
  c.control1 = control1;
  c.control2 = control2;
  c.end = end;
  return c;
}

}  // namespace svgfusion::deepsvg
