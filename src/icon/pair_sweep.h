// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace svgfusion::icon {

template <class Number>
struct Extent {
  Number min_x, max_x;
  std::size_t item;
};

// Calls `visit(i, j)`, i < j, for all pairs of items whose extents meet in x: a sweep from left to
// right. False as soon as a visit is, or when there are more than `max_pairs`.
template <class Number, class Visit>
bool for_each_pair(std::vector<Extent<Number>> extents, std::size_t max_pairs, const Visit& visit) {
  std::sort(extents.begin(), extents.end(),
            [](const auto& a, const auto& b) { return a.min_x < b.min_x; });
  std::size_t pairs = 0;
  for (std::size_t a = 0; a < extents.size(); ++a) {
    for (std::size_t b = a + 1; b < extents.size() && extents[b].min_x <= extents[a].max_x; ++b) {
      const auto [i, j] = std::minmax(extents[a].item, extents[b].item);
      if (++pairs > max_pairs || !visit(i, j)) return false;
    }
  }
  return true;
}

}  // namespace svgfusion::icon
