// SPDX-License-Identifier: MIT
#include "paint_order.h"

#include <numeric>

namespace svgfusion::dataset {

std::vector<std::size_t> PaintOrder::best() const {
  std::vector<std::size_t> order(rows_);
  std::iota(order.begin(), order.end(), std::size_t{0});
  for (bool has_moved = true; has_moved;) {
    has_moved = false;
    for (std::size_t from = 0; from < rows_; ++from) {
      const std::size_t to = best_place(order, from);
      if (to == from) continue;
      const std::size_t row = order[from];
      order.erase(order.begin() + static_cast<std::ptrdiff_t>(from));
      order.insert(order.begin() + static_cast<std::ptrdiff_t>(to), row);
      has_moved = true;
    }
  }
  return order;
}

// How many icons more are against `below` lying there than against the two changed about.
std::int64_t PaintOrder::cost(std::size_t below, std::size_t above) const {
  return icons_[above * rows_ + below] - icons_[below * rows_ + above];
}

std::size_t PaintOrder::best_place(const std::vector<std::size_t>& order, std::size_t from) const {
  std::size_t best = from;
  std::int64_t least = 0;
  std::int64_t change = 0;
  const auto consider = [&](std::size_t place) {
    if (change >= least) return;
    least = change;
    best = place;
  };
  for (std::size_t place = from; place-- > 0;) {
    change += cost(order[from], order[place]);
    consider(place);
  }
  change = 0;
  for (std::size_t place = from + 1; place < rows_; ++place) {
    change += cost(order[place], order[from]);
    consider(place);
  }
  return best;
}

}  // namespace svgfusion::dataset
