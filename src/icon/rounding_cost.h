// SPDX-License-Identifier: MIT
// What it costs to move the coordinates of a curve off where they should be.
#pragma once

#include <array>
#include <cstddef>
#include <span>

#include "svgfusion/svg/geometry.h"

namespace svgfusion::icon {

// The quadratic form of what the rounding errors of a curve's coordinates cost, by the curve's
// variables: coordinates that are to stay equal are one.
struct Piece {
  std::size_t points = 0;              // two of a line, four of a cubic
  std::array<std::size_t, 4> point{};  // rows of the table of points
  double size = 0;                     // of the chord, in steps
  std::size_t variables = 0;
  std::array<std::size_t, 8> variable{};
  std::array<std::array<double, 8>, 8> cost{};
  bool is_settled = false;  // nothing moved since no step was found to help
};

// Adds the cost of moving the curve with these points (two or four) across itself: the integral of
// the squared displacement along its normal over its length, and a little for any displacement.
// Rows of `piece.cost` are x and y of each point in turn.
void add_cost(std::span<const svg::Point> points, Piece& piece);

// Makes any displacement of one of the piece's points cost this much.
void hold(Piece& piece, std::size_t point, double weight);

// Turns the rows of the cost, one a coordinate, into rows of variables: `variable_of` says which
// variable each coordinate is.
void add_up_by_variable(std::span<const std::size_t> variable_of, Piece& piece);

}  // namespace svgfusion::icon
