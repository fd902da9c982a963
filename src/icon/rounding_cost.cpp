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

// Adds weight times the square of the displacement that `row`, by coordinate, is the gradient of.
// Rows are as long as all coordinates, whatever of them are variables: a fixed count goes faster.
template <std::size_t kCoordinates>
void add_square(const std::array<double, kCoordinates>& row, double weight, Piece& piece) {
  std::array<double, kCoordinates> by_variable{};
  for (std::size_t i = 0; i < kCoordinates; ++i) by_variable[piece.place[i]] += row[i];
  for (std::size_t i = 0; i < piece.variables; ++i) {
    const double scaled = weight * by_variable[i];
    for (std::size_t j = 0; j < kCoordinates; ++j) piece.cost[i][j] += scaled * by_variable[j];
  }
}

// The displacement is linear between the ends, so Simpson's rule is exact for its square.
void add_line_cost(Point along, Piece& piece) {
  const double size = length(along);
  if (size < kTiny) return;
  const double x = -along.y / size;
  const double y = along.x / size;
  add_square<4>({x, y}, size / 6, piece);
  add_square<4>({0.5 * x, 0.5 * y, 0.5 * x, 0.5 * y}, size * 4 / 6, piece);
  add_square<4>({0, 0, x, y}, size / 6, piece);
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
    const double x = -along.y / size;
    const double y = along.x / size;
    add_square<8>({basis[0] * x, basis[0] * y, basis[1] * x, basis[1] * y, basis[2] * x,
                   basis[2] * y, basis[3] * x, basis[3] * y},
                  kWeights[k] * size, piece);
  }
}

}  // namespace

void name_variables(std::span<const std::uint32_t> variable_of, Piece& piece) {
  piece.variables = 0;
  for (std::size_t i = 0; i < variable_of.size(); ++i) {
    const auto end = piece.variable.begin() + piece.variables;
    const auto found = std::find(piece.variable.begin(), end, variable_of[i]);
    piece.place[i] = static_cast<std::uint8_t>(found - piece.variable.begin());
    if (found == end) piece.variable[piece.variables++] = variable_of[i];
  }
}

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
  for (const std::size_t variable : {piece.place[2 * point], piece.place[2 * point + 1]})
    piece.cost[variable][variable] += weight;
}

}  // namespace svgfusion::icon
