// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <vector>

namespace svgfusion::dataset {

// In which order to paint the rows of a table, from what the icons have.
class PaintOrder {
 public:
  explicit PaintOrder(std::size_t rows) : rows_(rows), icons_(rows * rows, 0) {}

  // One icon more has something of one row below something of the other.
  void add(std::size_t below, std::size_t above) { ++icons_[below * rows_ + above]; }

  // The rows in an order that few icons are against: each in turn moves to where fewest are, until
  // none moves. (To find the best order is the feedback arc set problem, which is NP-hard.)
  std::vector<std::size_t> best() const;

 private:
  std::int64_t cost(std::size_t below, std::size_t above) const;
  std::size_t best_place(const std::vector<std::size_t>& order, std::size_t from) const;

  std::size_t rows_;
  std::vector<std::int64_t> icons_;  // by row below, then row above
};

}  // namespace svgfusion::dataset
