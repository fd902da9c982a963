// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace svgfusion::icon {

template <class Number>
struct Extent {
  Number min_x, max_x, min_y, max_y;
  std::uint32_t item;
};

// The extent of a straight line, or of a curve within the box of its ends, with `slack` around it.
template <class Number, class Point>
Extent<Number> extent_of(const Point& a, const Point& b, Number slack, std::size_t item) {
  const auto number = [](auto v) { return static_cast<Number>(v); };
  const auto [low_x, high_x] = std::minmax({number(a.x), number(b.x)});
  const auto [low_y, high_y] = std::minmax({number(a.y), number(b.y)});
  return {low_x - slack, high_x + slack, low_y - slack, high_y + slack,
          static_cast<std::uint32_t>(item)};
}

// Calls `visit(i, j)`, i < j, for all pairs of items whose extents meet: a sweep from left to
// right. `budget` falls by the pairs that meet in x. False as soon as a visit is, or when there are
// more of those than that.
template <class Number, class Visit>
bool for_each_pair(std::vector<Extent<Number>> extents, std::size_t& budget, const Visit& visit) {
  std::sort(extents.begin(), extents.end(), [](const auto& a, const auto& b) {
    return a.min_x != b.min_x ? a.min_x < b.min_x : a.item < b.item;
  });
  for (std::size_t a = 0; a < extents.size(); ++a) {
    const Extent<Number> left = extents[a];
    std::size_t b = a + 1;
    for (; b < extents.size() && extents[b].min_x <= left.max_x; ++b) {
      if (extents[b].min_y > left.max_y || extents[b].max_y < left.min_y) continue;
      const auto [i, j] = std::minmax(left.item, extents[b].item);
      if (!visit(std::size_t{i}, std::size_t{j})) return false;
    }
    const std::size_t pairs = b - a - 1;
    if (pairs > budget) return false;
    budget -= pairs;
  }
  return true;
}

}  // namespace svgfusion::icon
