// SPDX-License-Identifier: MIT
// The integer grids that icons are rounded to.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

#include "svgfusion/icon/icon.h"

namespace svgfusion::icon {

// An icon lies on the one of a few grids that its coordinates fit best, because designers draw on
// grids too: the steps are 24 / n, and n = 240 (tenths) suits boxes of 24 and 20, 256 those of 16,
// 32 and 256, 192 eighths, 288 thirds and twelfths, 224 and 280 boxes of 14 and 28, and so on;
// small thin drawings gain from the finest, 0.075. The coarser ones also hold control points beyond
// the box. One grid of tenths for all keeps a mean IoU of 0.991 on the bundled icons instead of
// 0.997.
inline constexpr std::array<int, 12> kStepsAcrossBox{240, 256, 192, 288, 320, 264,
                                                     224, 216, 312, 280, 252, 300};
inline constexpr std::array<double, kStepsAcrossBox.size()> kGridSteps = [] {
  std::array<double, kStepsAcrossBox.size()> steps{};
  for (std::size_t i = 0; i < steps.size(); ++i) steps[i] = kBoxSize / kStepsAcrossBox[i];
  return steps;
}();
inline constexpr int kGridCount = static_cast<int>(kGridSteps.size());

// A coordinate on a grid.
using Value = std::int16_t;

// Of 8 bits, as DeepSVG's, a grid has 256 values a coordinate at the steps above. Each bit more
// halves the step and doubles the values, so that the grid's reach is the same and its values are
// among those of the finer one.
inline constexpr int kLeastGridBits = 8;
inline constexpr int kMostGridBits = 10;

// Value v stands for the coordinate 12 + (v - values() / 2) * step().
struct Grid {
  std::uint8_t row = 0;  // of kGridSteps
  std::uint8_t bits = kLeastGridBits;

  constexpr int values() const { return 1 << bits; }
  constexpr double step() const { return kGridSteps[row] / refinement(); }  // icon units
  // How many of its steps are one step of 8 bits.
  constexpr int refinement() const { return 1 << (bits - kLeastGridBits); }

  // Clamped to the grid; halves away from the centre, so that what is symmetric stays so.
  Value nearest(double coordinate) const {
    const double half = 0.5 * values();
    const double steps = std::clamp((coordinate - 0.5 * kBoxSize) * steps_per_unit(), -half, half);
    const int value = static_cast<int>(steps + std::copysign(0.5, steps)) + values() / 2;
    return static_cast<Value>(std::min(value, values() - 1));
  }
  double coordinate(int value) const { return 0.5 * kBoxSize + (value - 0.5 * values()) * step(); }
  svg::Point snapped(svg::Point p) const {
    return {coordinate(nearest(p.x)), coordinate(nearest(p.y))};
  }
  // Whether the nearest value is at most half a step away in each coordinate.
  bool reaches(svg::Point p) const {
    const double half_step = 0.5 * step();
    const double low = coordinate(0) - half_step;
    const double high = coordinate(values() - 1) + half_step;
    return p.x >= low && p.y >= low && p.x <= high && p.y <= high;
  }
  constexpr double steps_per_unit() const { return kStepsPerUnit[row] * refinement(); }

  friend bool operator==(const Grid&, const Grid&) = default;

 private:
  static constexpr auto kStepsPerUnit = [] {
    std::array<double, kGridCount> out{};
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = 1 / kGridSteps[i];
    return out;
  }();
};

}  // namespace svgfusion::icon
