// SPDX-License-Identifier: MIT
// The icon on an integer grid, ragged and without padding: what models see.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "svgfusion/icon/grid.h"

namespace svgfusion::icon {

enum class Command : std::uint8_t { kMove = 0, kLine = 1, kCubic = 2 };
inline constexpr int kCommandCount = 3;

// x1 y1 x2 y2 x y: move and line use only the last two, the rest is 0.
inline constexpr int kArgumentCount = 6;
using Arguments = std::array<Value, kArgumentCount>;

struct TokenIcon {
  Grid grid;
  std::vector<std::uint32_t> contour_offsets{0};  // into commands; one more than there are contours
  std::vector<Command> commands;                  // each contour starts with its one move
  std::vector<Arguments> arguments;
  std::vector<std::uint8_t> closed;  // a contour
  std::vector<std::uint8_t> styles;  // a contour: row of a table of styles

  std::size_t contour_count() const { return closed.size(); }
  std::uint32_t contour_length(std::size_t contour) const {
    return contour_offsets[contour + 1] - contour_offsets[contour];
  }
  friend bool operator==(const TokenIcon&, const TokenIcon&) = default;
};

struct TokenLimits {
  std::int64_t max_contours = 16;
  std::int64_t max_commands_per_contour = 32;  // the move counts
  std::int64_t max_commands = 100;
};

// The grid of so many bits that the icon's coordinates fit best, of those that reach all of them;
// unset when none does.
std::optional<Grid> best_grid(const Icon& icon, int bits = kLeastGridBits);

// Rounds to the grid, drops what became empty there, and orders the contours again. The icon's
// style rows are kept. Coordinates beyond the grid are clamped.
TokenIcon to_tokens(Icon icon, Grid grid);

// `styles` is the table that the tokens' style rows point into.
Icon from_tokens(const TokenIcon& tokens, const std::vector<Style>& styles);

// "17 contours, more than the limit of 16"
std::string over_limit(std::size_t count, const char* what, std::int64_t limit);

// Empty, or why the icon is over the limits.
std::string over_limits(const TokenIcon& tokens, const TokenLimits& limits);

}  // namespace svgfusion::icon
