// SPDX-License-Identifier: MIT
#include "svgfusion/svg/path_builder.h"

#include <algorithm>
#include <numbers>
#include <utility>

namespace svgfusion::svg {
namespace {

constexpr double kPi = std::numbers::pi;
constexpr double kFlatArc = 1e-18;  // squared chord over diameter: it bends by less than 1e-9 of it
constexpr std::size_t kUsualSegments = 12;  // most subpaths of icons have no more
constexpr std::size_t kUsualSubpaths = 4;

double signed_angle(Point u, Point v) { return std::atan2(cross(u, v), dot(u, v)); }

}  // namespace

Subpath& PathBuilder::open() {
  if (!is_open_) {
    subpath_ = Subpath{current_, {}, false};
    subpath_.segments.reserve(kUsualSegments);
    is_open_ = true;
  }
  return subpath_;
}

void PathBuilder::finish() {
  if (is_open_ && (!subpath_.segments.empty() || subpath_.closed)) {
    if (path_.subpaths.empty()) path_.subpaths.reserve(kUsualSubpaths);
    path_.subpaths.push_back(std::move(subpath_));
  }
  is_open_ = false;
}

void PathBuilder::move_to(Point p) {
  finish();
  current_ = p;
  has_start_ = true;
  open();
}

void PathBuilder::line_to(Point p) {
  open().segments.push_back(svg::line_to(p));
  current_ = p;
}

void PathBuilder::cubic_to(Point c1, Point c2, Point end) {
  open().segments.push_back(svg::cubic_to(c1, c2, end));
  current_ = end;
}

void PathBuilder::quadratic_to(Point control, Point end) {
  cubic_to(lerp(current_, control, 2.0 / 3), lerp(end, control, 2.0 / 3), end);
}

// SVG 2 appendix B.2.4 (endpoint to centre form) and B.2.5 (radii correction); then each piece of
// at most 90 degrees as one cubic with handles 4/3 tan(angle / 4), 2.7e-4 of the radius off.
void PathBuilder::arc_to(double rx, double ry, double degrees, bool large, bool sweep, Point end) {
  const Point start = current_;
  rx = std::abs(rx);
  ry = std::abs(ry);
  if (rx == 0 || ry == 0 || start == end) {
    line_to(end);  // even where it has no length: round caps make a dot of it
    return;
  }
  const double phi = std::fmod(degrees, 360.0) * kPi / 180;
  const double cos_phi = std::cos(phi);
  const double sin_phi = std::sin(phi);
  const Point half = 0.5 * (start - end);
  const Point p{cos_phi * half.x + sin_phi * half.y, -sin_phi * half.x + cos_phi * half.y};
  const double lambda = (p.x / rx) * (p.x / rx) + (p.y / ry) * (p.y / ry);
  if (lambda < kFlatArc && !large) {
    line_to(end);
    return;
  }
  if (lambda > 1) {
    rx *= std::sqrt(lambda);
    ry *= std::sqrt(lambda);
  }
  const double scaled = 1 / std::max(lambda, 1e-300) - 1;  // (rx²ry² − …) / (…), in closed form
  const double factor = (large == sweep ? -1 : 1) * std::sqrt(std::max(0.0, scaled));
  const Point centre_prime{factor * rx * p.y / ry, -factor * ry * p.x / rx};
  const Point middle = 0.5 * (start + end);
  const Point centre{cos_phi * centre_prime.x - sin_phi * centre_prime.y + middle.x,
                     sin_phi * centre_prime.x + cos_phi * centre_prime.y + middle.y};
  const double reach = 2 * std::max(rx, ry);  // of controls about the centre, and more
  if (!is_near(centre - Point{reach, reach}) || !is_near(centre + Point{reach, reach})) {
    line_to(end);
    return;
  }
  const Point from{(p.x - centre_prime.x) / rx, (p.y - centre_prime.y) / ry};
  const Point to{(-p.x - centre_prime.x) / rx, (-p.y - centre_prime.y) / ry};
  const double theta = std::atan2(from.y, from.x);
  double delta = signed_angle(from, to);
  if (sweep && delta < 0) delta += 2 * kPi;
  if (!sweep && delta > 0) delta -= 2 * kPi;
  const int pieces = std::max(1, static_cast<int>(std::ceil(std::abs(delta) / (kPi / 2) - 1e-6)));
  const double handle = 4.0 / 3 * std::tan(delta / pieces / 4);
  const auto on_ellipse = [&](Point unit) {
    return Point{centre.x + cos_phi * rx * unit.x - sin_phi * ry * unit.y,
                 centre.y + sin_phi * rx * unit.x + cos_phi * ry * unit.y};
  };
  for (int i = 0; i < pieces; ++i) {
    const double a0 = theta + delta * i / pieces;
    const double a1 = theta + delta * (i + 1) / pieces;
    const Point c1{std::cos(a0) - handle * std::sin(a0), std::sin(a0) + handle * std::cos(a0)};
    const Point c2{std::cos(a1) + handle * std::sin(a1), std::sin(a1) - handle * std::cos(a1)};
    cubic_to(on_ellipse(c1), on_ellipse(c2),
             i + 1 == pieces ? end : on_ellipse({std::cos(a1), std::sin(a1)}));
  }
}

void PathBuilder::close() {
  open().closed = true;
  current_ = subpath_.start;
  finish();
}

Path PathBuilder::take() {
  finish();
  return std::exchange(path_, {});
}

}  // namespace svgfusion::svg
