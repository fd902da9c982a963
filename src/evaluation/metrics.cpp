// SPDX-License-Identifier: MIT
#include "svgfusion/evaluation/metrics.h"

#include <algorithm>
#include <cmath>

#include "svgfusion/nn/process.h"

namespace svgfusion::evaluation {
namespace {

using svg::Point;

constexpr double kSpacing = 0.005 * icon::kBoxSize;
constexpr double kFlatness = 0.01;
constexpr double kMaxOutside = 0.05 * icon::kBoxSize;
constexpr double kLeastInk = 0.005;
constexpr double kMostInk = 0.95;

struct Piece {
  Point from;
  Point to;
};

std::vector<Piece> pieces_of(const icon::Icon& icon) {
  std::vector<Piece> pieces;
  for (const icon::Contour& contour : icon.contours) {
    const std::vector<Point> points = svg::flatten(contour.geometry, kFlatness);
    for (std::size_t i = 0; i + 1 < points.size(); ++i)
      pieces.push_back({points[i], points[i + 1]});
  }
  return pieces;
}

std::vector<Point> points_along(const std::vector<Piece>& pieces) {
  std::vector<Point> points;
  for (const Piece& piece : pieces) {
    const int steps =
        std::max(1, static_cast<int>(std::ceil(distance(piece.from, piece.to) / kSpacing)));
    for (int i = 0; i < steps; ++i)
      points.push_back(svg::lerp(piece.from, piece.to, (i + 0.5) / steps));
  }
  return points;
}

double squared_distance(Point p, const Piece& piece) {
  const Point along = piece.to - piece.from;
  const double size = dot(along, along);
  const double t = size == 0 ? 0 : std::clamp(dot(p - piece.from, along) / size, 0.0, 1.0);
  const Point off = p - (piece.from + t * along);
  return dot(off, off);
}

double mean_distance(const std::vector<Point>& points, const std::vector<Piece>& pieces) {
  double sum = 0;
  for (const Point p : points) {
    double best = INFINITY;
    for (const Piece& piece : pieces) best = std::min(best, squared_distance(p, piece));
    sum += std::sqrt(best);
  }
  return sum / static_cast<double>(points.size());
}

}  // namespace

double chamfer_percent(const icon::Icon& a, const icon::Icon& b) {
  const std::vector<Piece> first = pieces_of(a);
  const std::vector<Piece> second = pieces_of(b);
  if (first.empty() || second.empty()) return first.empty() && second.empty() ? 0 : 100;
  const double both =
      mean_distance(points_along(first), second) + mean_distance(points_along(second), first);
  return 100 * 0.5 * both / icon::kBoxSize;
}

std::string validity_problem(const icon::Icon& icon) {
  if (icon.contours.empty()) return "no contour";
  for (const icon::Contour& contour : icon.contours) {
    const auto is_finite = [](Point p) { return std::isfinite(p.x) && std::isfinite(p.y); };
    bool finite = is_finite(contour.geometry.start);
    for (const svg::Segment& s : contour.geometry.segments) {
      finite = finite && is_finite(s.control1) && is_finite(s.control2) && is_finite(s.end);
    }
    if (!finite) return "coordinates that are not finite";
    const svg::Box box = bounds(contour.geometry);
    if (box.min_x < -kMaxOutside || box.min_y < -kMaxOutside ||
        box.max_x > icon::kBoxSize + kMaxOutside || box.max_y > icon::kBoxSize + kMaxOutside) {
      return "reaches out of the box";
    }
  }
  const double share = render::ink(render::rasterize(icon, kRasterSize));
  if (share < kLeastInk) return "nearly blank";
  if (share > kMostInk) return "nearly solid";
  return {};
}

Nearest nearest_picture(const render::GrayImage& image,
                        const std::vector<render::GrayImage>& among) {
  constexpr std::int64_t kGrain = 256;
  std::vector<double> ious(among.size());
  nn::for_each_index(among.size(), kGrain, [&](std::size_t i) {
    ious[i] = render::intersection_over_union(image, among[i]);
  });
  const auto best = std::max_element(ious.begin(), ious.end());
  return best == ious.end() ? Nearest{} : Nearest{best - ious.begin(), *best};
}

}  // namespace svgfusion::evaluation
