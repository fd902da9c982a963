// SPDX-License-Identifier: MIT
#include "svgfusion/svg/geometry.h"

#include <algorithm>

namespace svgfusion::svg {
namespace {

// Adds the parameters in (0, 1) where one coordinate of a cubic has a zero derivative.
void add_extrema(double p0, double p1, double p2, double p3, Parameters& roots) {
  const double a = -p0 + 3 * p1 - 3 * p2 + p3;
  const double b = 2 * (p0 - 2 * p1 + p2);
  const double c = p1 - p0;
  const auto keep = [&](double t) {
    if (t > 0 && t < 1) roots.add(t);
  };
  if (std::abs(a) < 1e-12 * (std::abs(b) + std::abs(c))) {
    if (b != 0) keep(-c / b);
    return;
  }
  const double discriminant = b * b - 4 * a * c;
  if (discriminant < 0) return;
  const double q = -0.5 * (b + std::copysign(std::sqrt(discriminant), b));
  keep(q / a);
  if (q != 0) keep(c / q);
}

void add_segment(Box& box, Point start, const Segment& segment) {
  box.add(segment.end);
  if (segment.kind == Segment::Kind::kLine) return;
  const auto holds = [&](Point p) {
    return p.x >= box.min_x && p.x <= box.max_x && p.y >= box.min_y && p.y <= box.max_y;
  };
  if (holds(segment.control1) && holds(segment.control2)) return;  // and so is the curve
  for (const double t : extrema(start, segment)) box.add(evaluate(start, segment, t));
}

}  // namespace

bool Matrix::is_similarity(double relative_tolerance) const {
  const double first = std::hypot(a, b);
  const double second = std::hypot(c, d);
  const double scale = std::max(first, second);
  return std::abs(first - second) <= relative_tolerance * scale &&
         std::abs(a * c + b * d) <= relative_tolerance * scale * scale;
}

Matrix operator*(const Matrix& outer, const Matrix& inner) {
  return {outer.a * inner.a + outer.c * inner.b,
          outer.b * inner.a + outer.d * inner.b,
          outer.a * inner.c + outer.c * inner.d,
          outer.b * inner.c + outer.d * inner.d,
          outer.a * inner.e + outer.c * inner.f + outer.e,
          outer.b * inner.e + outer.d * inner.f + outer.f};
}

bool is_finite(const Matrix& m) {
  return std::isfinite(m.a) && std::isfinite(m.b) && std::isfinite(m.c) && std::isfinite(m.d) &&
         std::isfinite(m.e) && std::isfinite(m.f);
}

Matrix translation(double x, double y) { return {1, 0, 0, 1, x, y}; }
Matrix scaling(double x, double y) { return {x, 0, 0, y, 0, 0}; }

void Box::add(Point p) {
  min_x = std::min(min_x, p.x);
  min_y = std::min(min_y, p.y);
  max_x = std::max(max_x, p.x);
  max_y = std::max(max_y, p.y);
}

void Box::join(const Box& other) {
  if (other.empty()) return;
  add({other.min_x, other.min_y});
  add({other.max_x, other.max_y});
}

bool Box::contains(const Box& other, double slack) const {
  return other.empty() || (other.min_x >= min_x - slack && other.max_x <= max_x + slack &&
                           other.min_y >= min_y - slack && other.max_y <= max_y + slack);
}

bool is_point(Point start, const Segment& s, double slack) {
  return distance(start, s.end) < slack &&
         (s.kind == Segment::Kind::kLine ||
          (distance(start, s.control1) < slack && distance(start, s.control2) < slack));
}

Parameters extrema(Point start, const Segment& segment) {
  Parameters roots;
  if (segment.kind == Segment::Kind::kLine) return roots;
  const auto& [kind, c1, c2, end] = segment;
  add_extrema(start.x, c1.x, c2.x, end.x, roots);
  add_extrema(start.y, c1.y, c2.y, end.y, roots);
  return roots;
}

Segment part_of(Point start, const Segment& segment, double t0, double t1) {
  if (segment.kind == Segment::Kind::kLine) return line_to(lerp(start, segment.end, t1));
  // Blossom of the cubic at (t0|t1) triples gives the controls of the part (de Casteljau).
  const auto blossom = [&](double r, double s, double t) {
    const Point a = lerp(start, segment.control1, r);
    const Point b = lerp(segment.control1, segment.control2, r);
    const Point c = lerp(segment.control2, segment.end, r);
    return lerp(lerp(a, b, s), lerp(b, c, s), t);
  };
  const Point end = t1 == 1 ? segment.end : blossom(t1, t1, t1);
  return cubic_to(blossom(t0, t0, t1), blossom(t0, t1, t1), end);
}

Subpath transformed(const Subpath& subpath, const Matrix& matrix) {
  Subpath out{matrix.apply(subpath.start), {}, subpath.closed};
  out.segments.reserve(subpath.segments.size() + 1);  // a closing line is often added
  out.segments = subpath.segments;
  for (Segment& segment : out.segments) {
    segment.end = matrix.apply(segment.end);
    if (segment.kind == Segment::Kind::kLine) continue;
    segment.control1 = matrix.apply(segment.control1);
    segment.control2 = matrix.apply(segment.control2);
  }
  return out;
}

Path transformed(const Path& path, const Matrix& matrix) {
  Path out;
  out.subpaths.reserve(path.subpaths.size());
  for (const Subpath& subpath : path.subpaths) out.subpaths.push_back(transformed(subpath, matrix));
  return out;
}

double doubled_area(const Subpath& subpath) {
  double sum = 0;
  Point p0 = subpath.start;
  for (const auto& [kind, p1, p2, p3] : subpath.segments) {
    sum += kind == Segment::Kind::kLine
               ? cross(p0, p3)
               : 0.1 * (6 * cross(p0, p1) + 3 * cross(p0, p2) + cross(p0, p3) + 3 * cross(p1, p2) +
                        3 * cross(p1, p3) + 6 * cross(p2, p3));
    p0 = p3;
  }
  return sum + cross(p0, subpath.start);
}

Box bounds(const Subpath& subpath) {
  Box box;
  box.add(subpath.start);
  Point current = subpath.start;
  for (const Segment& segment : subpath.segments) {
    add_segment(box, current, segment);
    current = segment.end;
  }
  return box;
}

Box bounds(const Path& path) {
  Box box;
  for (const Subpath& subpath : path.subpaths) {
    const Box part = bounds(subpath);
    box.join(part);
  }
  return box;
}

void flatten(Point start, const Segment& segment, double tolerance, std::vector<Point>& out) {
  if (segment.kind == Segment::Kind::kCubic) {
    const Point d1 = start - 2 * segment.control1 + segment.control2;
    const Point d2 = segment.control1 - 2 * segment.control2 + segment.end;
    const double difference = std::max(length(d1), length(d2));
    const double pieces = std::ceil(std::sqrt(0.75 * difference / tolerance));
    const int count = static_cast<int>(std::clamp(pieces, 1.0, 10000.0));
    const Polynomial curve(start, segment);
    for (int i = 1; i < count; ++i) out.push_back(curve.at(static_cast<double>(i) / count));
  }
  out.push_back(segment.end);
}

std::vector<Point> flatten(const Subpath& subpath, double tolerance) {
  std::vector<Point> points{subpath.start};
  Point current = subpath.start;
  for (const Segment& segment : subpath.segments) {
    flatten(current, segment, tolerance, points);
    current = segment.end;
  }
  if (subpath.closed && !(points.back() == subpath.start)) points.push_back(subpath.start);
  return points;
}

}  // namespace svgfusion::svg
