// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <vector>

#include "point_numbers.h"
#include "svgfusion/svg/geometry.h"

namespace svgfusion::icon {

// Points as numbers from 0, the same for points nearer than `near`. A point's neighbours lie in its
// own cell of twice that size, or in those across the nearer sides.
class VertexTable {
 public:
  VertexTable(double near, std::size_t most_points)
      : near_(near), per_unit_(0.5 / near), cells_(most_points) {
    newest_.reserve(most_points);
    before_.reserve(most_points);
    points_.reserve(most_points);
  }

  std::size_t at(svg::Point p) {
    const double x = std::clamp(p.x * per_unit_, -kFarCell, kFarCell);
    const double y = std::clamp(p.y * per_unit_, -kFarCell, kFarCell);
    const LatticePoint own{static_cast<std::int32_t>(std::lround(x)),
                           static_cast<std::int32_t>(std::lround(y))};
    const std::int32_t other_x = own.x + (x < own.x ? -1 : 1);
    const std::int32_t other_y = own.y + (y < own.y ? -1 : 1);
    for (const LatticePoint cell : {own, {other_x, own.y}, {own.x, other_y}, {other_x, other_y}}) {
      const auto known = cells_.find(cell);
      if (!known) continue;
      for (std::size_t vertex = newest_[*known]; vertex != kNone; vertex = before_[vertex]) {
        if (distance(points_[vertex], p) < near_) return vertex;
      }
    }
    const std::size_t cell = cells_.of(own);
    if (cell == newest_.size()) newest_.push_back(kNone);
    before_.push_back(newest_[cell]);
    newest_[cell] = points_.size();
    points_.push_back(p);
    return newest_[cell];
  }
  std::size_t size() const { return points_.size(); }

 private:
  static constexpr std::size_t kNone = SIZE_MAX;
  static constexpr double kFarCell = 1e9;  // whatever lies farther shares one
  double near_;
  double per_unit_;
  PointNumbers cells_;
  std::vector<std::size_t> newest_;  // vertex of each cell
  std::vector<std::size_t> before_;  // of each vertex: the one in its cell before it
  std::vector<svg::Point> points_;
};

}  // namespace svgfusion::icon
