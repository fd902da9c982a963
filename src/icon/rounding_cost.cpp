// SPDX-License-Identifier: MIT
#include "rounding_cost.h"

#include <algorithm>

namespace svgfusion::icon {
namespace {

using svg::Point;

constexpr double kTiny = 1e-9;
constexpr double kHold = 0.003;  // of the length, against sliding without need

// Gauss-Legendre nodes and weights on [0, 1], exact for polynomials up to degree 7.
constexpr std::array<double, 4> kNodes{0.069431844202974, 0.330009478207572, 0.669990521792428,
                                       0.930568155797026};
constexpr std::array<double, 4> kWeights{0.173927422568727, 0.326072577431273, 0.326072577431273,
                                         0.173927422568727};

void add_line_cost(Point along, Piece& piece) {
  const double size = length(along);
  if (size < kTiny) return;
  const std::array<double, 2> normal{-along.y / size, along.x / size};
  for (std::size_t i = 0; i < 4; ++i) {
    for (std::size_t j = 0; j < 4; ++j) {
      const double basis = i / 2 == j / 2 ? 1.0 / 3 : 1.0 / 6;  // integrals of u u, t t and u t
      piece.cost[i][j] = size * basis * normal[i % 2] * normal[j % 2];
    }
  }
}

void add_cubic_cost(std::span<const Point> p, Piece& piece) {
  const svg::Polynomial curve(p[0], svg::cubic_to(p[1], p[2], p[3]));
  for (std::size_t k = 0; k < kNodes.size(); ++k) {
    const double t = kNodes[k];
    const double u = 1 - t;
    const std::array<double, 4> basis{u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t};
    const Point along = curve.first(t);
    const double size = length(along);
    if (size < kTiny) continue;
    const double weight = kWeights[k] * size;
    const std::array<double, 2> normal{-along.y / size, along.x / size};
    std::array<double, 8> row{};
    for (std::size_t i = 0; i < 8; ++i) row[i] = basis[i / 2] * normal[i % 2];
    for (std::size_t i = 0; i < 8; ++i) {
      for (std::size_t j = 0; j < 8; ++j) piece.cost[i][j] += weight * row[i] * row[j];
    }
  }
}

}  // namespace

void add_cost(std::span<const Point> points, Piece& piece) {
  piece.size = distance(points.front(), points.back());
  if (points.size() == 2) {
    add_line_cost(points[1] - points[0], piece);
  } else {
    add_cubic_cost(points, piece);
  }
  for (std::size_t i = 0; i < points.size(); ++i) hold(piece, i, kHold * piece.size);
}

void hold(Piece& piece, std::size_t point, double weight) {
  piece.cost[2 * point][2 * point] += weight;
  piece.cost[2 * point + 1][2 * point + 1] += weight;
}

void add_up_by_variable(std::span<const std::size_t> variable_of, Piece& piece) {
  const auto by_coordinate = piece.cost;
  piece.cost = {};
  std::array<std::size_t, 8> place{};
  for (std::size_t i = 0; i < variable_of.size(); ++i) {
    const auto end = piece.variable.begin() + static_cast<std::ptrdiff_t>(piece.variables);
    const auto found = std::find(piece.variable.begin(), end, variable_of[i]);
    place[i] = static_cast<std::size_t>(found - piece.variable.begin());
    if (found == end) piece.variable[piece.variables++] = variable_of[i];
  }
  for (std::size_t i = 0; i < variable_of.size(); ++i) {
    for (std::size_t j = 0; j < variable_of.size(); ++j)
      piece.cost[place[i]][place[j]] += by_coordinate[i][j];
  }
}

}  // namespace svgfusion::icon
