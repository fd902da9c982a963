// SPDX-License-Identifier: MIT
// What it costs to move the coordinates of a curve off where they should be.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "svgfusion/svg/geometry.h"

namespace svgfusion::icon {

// The quadratic form of what the rounding errors of a curve's coordinates cost, by the curve's
// variables: coordinates that are to stay equal are one.
struct Piece {
  std::uint8_t points = 0;               // two of a line, four of a cubic
  std::uint8_t variables = 0;            // at most two a point
  bool is_settled = false;               // nothing moved since no step was found to help
  std::array<std::uint8_t, 8> place{};   // by coordinate, x and y of each point in turn: the
                                         // variable's place in the two arrays below
  std::array<std::uint32_t, 4> point{};  // rows of the table of points
  std::array<std::uint32_t, 8> variable{};
  std::array<std::array<double, 8>, 8> cost{};
  double size = 0;  // of the chord, in steps

  std::size_t coordinates() const { return std::size_t{2} * points; }
};

// Sets `variables`, `variable` and `place`: `variable_of` says which variable each coordinate is.
void name_variables(std::span<const std::uint32_t> variable_of, Piece& piece);

// Adds the cost of moving the curve with these points (two or four) across itself: the integral of
// the squared displacement along its normal over its length, and a little for any displacement.
void add_cost(std::span<const svg::Point> points, Piece& piece);

// Makes any displacement of one of the piece's points cost this much.
void hold(Piece& piece, std::size_t point, double weight);

}  // namespace svgfusion::icon
