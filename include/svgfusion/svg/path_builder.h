// SPDX-License-Identifier: MIT
#pragma once

#include "svgfusion/svg/geometry.h"

namespace svgfusion::svg {

// Builds a Path from absolute drawing commands under SVG's rules: a drawing command after close()
// opens a new subpath where the closed one began (SVG 2 §9.3.4); a lone move draws nothing.
class PathBuilder {
 public:
  // Whether a coordinate may be drawn. SVG 2 §4.2 asks readers for single precision, 3.4e38; far
  // below it, what is computed from points can still be written as a number of SVG.
  static bool is_near(Point p) { return std::abs(p.x) <= kFarthest && std::abs(p.y) <= kFarthest; }

  void move_to(Point p);
  void line_to(Point p);
  void cubic_to(Point c1, Point c2, Point end);
  void quadratic_to(Point control, Point end);  // raised to a cubic, exact
  // Endpoint form of SVG 2 §9.5.1: out-of-range radii are corrected; zero radii give a line, and so
  // do those with points that are not near.
  void arc_to(double rx, double ry, double degrees, bool large, bool sweep, Point end);
  void close();

  Point current() const { return current_; }
  bool has_start() const { return has_start_; }
  Path take();

 private:
  static constexpr double kFarthest = 1e30;

  Subpath& open();
  void finish();

  Path path_;
  Subpath subpath_;
  Point current_;
  bool has_start_ = false;
  bool is_open_ = false;
};

}  // namespace svgfusion::svg
