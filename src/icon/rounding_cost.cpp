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

// Of the symmetric matrix of products of a cubic's four basis functions, the entries on and above
// the diagonal: by node, times the node's weight. They are the same for every curve.
constexpr std::size_t kEntries = 10;
constexpr std::array<std::array<std::uint8_t, 2>, kEntries> kEntryPoints{
    {{0, 0}, {1, 1}, {2, 2}, {3, 3}, {0, 1}, {0, 2}, {0, 3}, {1, 2}, {1, 3}, {2, 3}}};

constexpr std::array<double, 4> cubic_basis(double t) {
  const double u = 1 - t;
  return {u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t};
}
constexpr std::array<std::array<double, kEntries>, kNodes.size()> basis_products() {
  std::array<std::array<double, kEntries>, kNodes.size()> out{};
  for (std::size_t k = 0; k < kNodes.size(); ++k) {
    const std::array<double, 4> basis = cubic_basis(kNodes[k]);
    for (std::size_t e = 0; e < kEntries; ++e)
      out[k][e] = kWeights[k] * basis[kEntryPoints[e][0]] * basis[kEntryPoints[e][1]];
  }
  return out;
}
constexpr auto kBasisProducts = basis_products();

// A symmetric matrix of the two axes.
struct Axes {
  double xx = 0, xy = 0, yy = 0;
};

// The normal's products with itself, times the length of `along`; nothing where there is none.
Axes across(Point along) {
  const double size = length(along);
  if (size < kTiny) return {};
  return {along.y * along.y / size, -along.x * along.y / size, along.x * along.x / size};
}

// Adds what the product of the displacements of points i and j costs, and of j and i.
void add_entry(std::size_t i, std::size_t j, const Axes& axes, Piece& piece) {
  const std::size_t xi = piece.place[2 * i], yi = piece.place[2 * i + 1];
  const std::size_t xj = piece.place[2 * j], yj = piece.place[2 * j + 1];
  piece.cost[xi][xj] += axes.xx;
  piece.cost[xi][yj] += axes.xy;
  piece.cost[yi][xj] += axes.xy;
  piece.cost[yi][yj] += axes.yy;
  if (i == j) return;
  piece.cost[xj][xi] += axes.xx;
  piece.cost[yj][xi] += axes.xy;
  piece.cost[xj][yi] += axes.xy;
  piece.cost[yj][yi] += axes.yy;
}

// The displacement is linear between the ends: the integrals of (1 - t)^2 and t^2 are a third, that
// of (1 - t) t a sixth.
void add_line_cost(Point along, Piece& piece) {
  const Axes axes = across(along);
  add_entry(0, 0, {axes.xx / 3, axes.xy / 3, axes.yy / 3}, piece);
  add_entry(0, 1, {axes.xx / 6, axes.xy / 6, axes.yy / 6}, piece);
  add_entry(1, 1, {axes.xx / 3, axes.xy / 3, axes.yy / 3}, piece);
}

void add_cubic_cost(std::span<const Point> p, Piece& piece) {
  const svg::Polynomial curve(p[0], svg::cubic_to(p[1], p[2], p[3]));
  std::array<double, kEntries> xx{}, xy{}, yy{};
  for (std::size_t k = 0; k < kNodes.size(); ++k) {
    const Axes axes = across(curve.first(kNodes[k]));
    const std::array<double, kEntries>& products = kBasisProducts[k];
    for (std::size_t e = 0; e < kEntries; ++e) {
      xx[e] += axes.xx * products[e];
      xy[e] += axes.xy * products[e];
      yy[e] += axes.yy * products[e];
    }
  }
  for (std::size_t e = 0; e < kEntries; ++e)
    add_entry(kEntryPoints[e][0], kEntryPoints[e][1], {xx[e], xy[e], yy[e]}, piece);
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
