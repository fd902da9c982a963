// SPDX-License-Identifier: MIT
// Points, affine maps and paths. Coordinates are doubles in user units, y down.
#pragma once

#include <array>
#include <cmath>
#include <vector>

namespace svgfusion::svg {

struct Point {
  double x = 0;
  double y = 0;
  friend Point operator+(Point a, Point b) { return {a.x + b.x, a.y + b.y}; }
  friend Point operator-(Point a, Point b) { return {a.x - b.x, a.y - b.y}; }
  friend Point operator*(double s, Point p) { return {s * p.x, s * p.y}; }
  friend bool operator==(Point a, Point b) = default;
};

inline double dot(Point a, Point b) { return a.x * b.x + a.y * b.y; }
inline double cross(Point a, Point b) { return a.x * b.y - a.y * b.x; }
// Coordinates are below 1e9, so squares neither overflow nor vanish where it matters.
inline double length(Point p) { return std::sqrt(p.x * p.x + p.y * p.y); }
inline double distance(Point a, Point b) { return length(b - a); }
inline Point lerp(Point a, Point b, double t) { return a + t * (b - a); }

// x' = a x + c y + e, y' = b x + d y + f (SVG 2 §8.4).
struct Matrix {
  double a = 1, b = 0, c = 0, d = 1, e = 0, f = 0;
  Point apply(Point p) const { return {a * p.x + c * p.y + e, b * p.x + d * p.y + f}; }
  double determinant() const { return a * d - b * c; }
  bool is_identity() const { return *this == Matrix{}; }
  // The factor by which a similarity scales lengths; for others the geometric mean.
  double mean_scale() const { return std::sqrt(std::abs(determinant())); }
  // Whether lengths are scaled by one factor in all directions.
  bool is_similarity(double relative_tolerance = 1e-4) const;
  friend bool operator==(const Matrix&, const Matrix&) = default;
};

// The map that applies `inner` first.
Matrix operator*(const Matrix& outer, const Matrix& inner);
bool is_finite(const Matrix& matrix);
Matrix translation(double x, double y);
Matrix scaling(double x, double y);

struct Segment {
  enum class Kind { kLine, kCubic };
  Kind kind = Kind::kLine;
  Point control1;  // of a cubic; unused in a line
  Point control2;
  Point end;
  friend bool operator==(const Segment&, const Segment&) = default;
};

inline Segment line_to(Point end) { return {Segment::Kind::kLine, {}, {}, end}; }
inline Segment cubic_to(Point c1, Point c2, Point end) {
  return {Segment::Kind::kCubic, c1, c2, end};
}

struct Subpath {
  Point start;
  std::vector<Segment> segments;
  bool closed = false;
  Point end() const { return segments.empty() ? start : segments.back().end; }
  friend bool operator==(const Subpath&, const Subpath&) = default;
};

struct Path {
  std::vector<Subpath> subpaths;
  bool empty() const { return subpaths.empty(); }
  friend bool operator==(const Path&, const Path&) = default;
};

// Moves count too.
inline std::size_t segment_count(const Path& path) {
  std::size_t count = 0;
  for (const Subpath& subpath : path.subpaths) count += subpath.segments.size() + 1;
  return count;
}

struct Box {
  double min_x = INFINITY, min_y = INFINITY, max_x = -INFINITY, max_y = -INFINITY;
  bool empty() const { return min_x > max_x || min_y > max_y; }
  double width() const { return empty() ? 0 : max_x - min_x; }
  double height() const { return empty() ? 0 : max_y - min_y; }
  void add(Point p);
  void join(const Box& other);
  bool contains(const Box& other, double slack) const;
};

// Whether the boxes have no point in common.
inline bool apart(const Box& a, const Box& b) {
  return a.min_x > b.max_x || a.max_x < b.min_x || a.min_y > b.max_y || a.max_y < b.min_y;
}

inline Point evaluate(Point start, const Segment& segment, double t) {
  if (segment.kind == Segment::Kind::kLine) return lerp(start, segment.end, t);
  const double u = 1 - t;
  return u * u * u * start + 3 * u * u * t * segment.control1 + 3 * u * t * t * segment.control2 +
         t * t * t * segment.end;
}

// The segment run from its end back to its start.
inline Segment reversed(Point start, const Segment& s) {
  return s.kind == Segment::Kind::kLine ? line_to(start) : cubic_to(s.control2, s.control1, start);
}

// A cubic and its derivatives as polynomials in t, which are cheaper at many places; a line as its
// polynomial of the first degree.
struct Polynomial {
  Point c0, c1, c2, c3;
  Polynomial(Point start, const Segment& s) : c0(start), c1(s.end - start) {
    if (s.kind == Segment::Kind::kLine) return;
    c1 = 3 * (s.control1 - start);
    c2 = 3 * (s.control2 - 2 * s.control1 + start);
    c3 = s.end - start + 3 * (s.control1 - s.control2);
  }
  Point at(double t) const { return c0 + t * (c1 + t * (c2 + t * c3)); }
  Point first(double t) const { return c1 + t * (2 * c2 + 3 * t * c3); }
  Point second(double t) const { return 2 * c2 + 6 * t * c3; }
};

// Whether all points of the segment are within `slack` of its start.
bool is_point(Point start, const Segment& segment, double slack);

// The segment's part from parameter t0 to t1; its start is evaluate(start, segment, t0).
Segment part_of(Point start, const Segment& segment, double t0, double t1);

// At most four parameters, without an allocation.
struct Parameters {
  std::array<double, 4> values{};
  std::size_t count = 0;
  void add(double t) { values[count++] = t; }
  const double* begin() const { return values.data(); }
  const double* end() const { return values.data() + count; }
};

// Parameters in (0, 1) where a coordinate of a cubic turns; in no order, empty for a line.
Parameters extrema(Point start, const Segment& segment);

Subpath transformed(const Subpath& subpath, const Matrix& matrix);
Path transformed(const Path& path, const Matrix& matrix);

// Twice the area between the closed curve and its chords from the origin, by the closed form of
// Green's theorem for each segment; positive is clockwise on a screen, where y points down.
double doubled_area(const Subpath& subpath);

// Exact bounds of the geometry, controls left out.
Box bounds(const Subpath& subpath);
Box bounds(const Path& path);

// Appends points along the segment, its end included, its start not, so that no chord is farther
// than `tolerance` from the curve (Wang's bound on the second difference).
void flatten(Point start, const Segment& segment, double tolerance, std::vector<Point>& out);
// The whole subpath; a closed one ends where it starts.
std::vector<Point> flatten(const Subpath& subpath, double tolerance);

}  // namespace svgfusion::svg
