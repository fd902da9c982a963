// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "region_edges.h"
#include "svgfusion/icon/icon.h"

namespace svgfusion::icon {

struct Crossing {
  double x;
  std::uint32_t loop;  // of the region, or kNoLoop for a contour
  std::int16_t step;   // +1 downward, -1 upward
  std::uint16_t row;
};
constexpr std::uint32_t kNoLoop = UINT32_MAX;

// Where chords cross the rows of a sweep, row by row, from left to right.
class Sweep {
 public:
  // In the memory of the thread's last sweep, which is then over.
  static Sweep& begin(int rows) {
    constexpr std::size_t kMost = 1 << 16;  // crossings; what few icons need is given back
    thread_local Sweep sweep;
    if (sweep.crossings_.capacity() > kMost) sweep.crossings_ = {};
    sweep.crossings_.clear();
    if (sweep.rows_ != rows) sweep.lay_out(rows);
    return sweep;
  }

  // The chords' loops are counted from `first_loop`.
  void add(const std::vector<Region::Chord>& chords, std::size_t first_loop = 0) {
    for (const Region::Chord& c : chords) {
      const auto [first, last] = rows_of(c);
      if (first > last) continue;
      const double slope = (c.to.x - c.from.x) / (c.to.y - c.from.y);
      for (int row = first; row <= last; ++row) {
        crossings_.push_back({c.from.x + slope * (height(row) - c.from.y),
                              static_cast<std::uint32_t>(first_loop + c.loop),
                              static_cast<std::int16_t>(c.to.y > c.from.y ? 1 : -1),
                              static_cast<std::uint16_t>(row)});
      }
    }
  }

  // Calls `visit` with the crossings of each row that has any.
  template <class Visit>
  void for_each_row(const Visit& visit) const {
    thread_local std::vector<std::size_t> begins;
    thread_local std::vector<std::size_t> next;
    thread_local std::vector<Crossing> sorted;
    begins.assign(static_cast<std::size_t>(rows_) + 1, 0);
    for (const Crossing& crossing : crossings_) ++begins[crossing.row + 1u];
    for (std::size_t row = 0; row + 1 < begins.size(); ++row) begins[row + 1] += begins[row];
    sorted.resize(crossings_.size());
    next.assign(begins.begin(), begins.end() - 1);
    for (const Crossing& crossing : crossings_) sorted[next[crossing.row]++] = crossing;
    for (std::size_t row = 0; row + 1 < begins.size(); ++row) {
      if (begins[row] == begins[row + 1]) continue;
      const std::span<Crossing> crossings(sorted.data() + begins[row],
                                          begins[row + 1] - begins[row]);
      std::sort(crossings.begin(), crossings.end(),
                [](const Crossing& a, const Crossing& b) { return a.x < b.x; });
      visit(crossings);
    }
  }
  double step() const { return step_; }

 private:
  static constexpr double kOffGrids = 0.4871;  // no row lies where icons have their lines

  Sweep() = default;
  void lay_out(int rows) {
    rows_ = rows;
    step_ = kBoxSize / rows;
    per_unit_ = rows / kBoxSize;
    heights_.clear();
    for (int row = 0; row < rows; ++row) heights_.push_back((row + kOffGrids) * step_);
  }
  double height(int row) const { return heights_[static_cast<std::size_t>(row)]; }
  std::pair<int, int> rows_of(const Region::Chord& c) const {
    const double low = std::min(c.from.y, c.to.y);
    const double high = std::max(c.from.y, c.to.y);
    if (!(low < kBoxSize && high > 0)) return {0, -1};
    int first = static_cast<int>(std::max(0.0, low * per_unit_ - 0.5));
    int last = static_cast<int>(std::min<double>(rows_ - 1, high * per_unit_ + 0.5));
    while (first <= last && height(first) < low) ++first;
    while (last >= first && height(last) >= high) --last;
    return {first, last};
  }

  int rows_ = 0;
  double step_ = 0;
  double per_unit_ = 0;
  std::vector<double> heights_;  // of the rows
  std::vector<Crossing> crossings_;
};

}  // namespace svgfusion::icon
