// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "monotone.h"
#include "svgfusion/icon/icon.h"

namespace svgfusion::icon {

struct Crossing {
  double x;
  std::uint32_t loop;  // of the region, or kNoLoop for a contour
  std::int16_t step;   // +1 downward, -1 upward
  std::uint16_t row;
};
constexpr std::uint32_t kNoLoop = UINT32_MAX;

// Where edges cross the rows of a sweep, row by row, from left to right.
class Sweep {
 public:
  // In the memory of the thread's last sweep, which is then over. `accuracy`: of the rows' heights
  // where curves cross them, in icon units.
  static Sweep& begin(int rows, double accuracy) {
    constexpr std::size_t kMost = 1 << 16;  // crossings; what few icons need is given back
    thread_local Sweep sweep;
    if (sweep.crossings_.capacity() > kMost) sweep.crossings_ = {};
    sweep.crossings_.clear();
    sweep.accuracy_ = accuracy;
    if (sweep.rows_ != rows) sweep.lay_out(rows);
    return sweep;
  }

  void add(const MonotoneEdge& edge, std::uint32_t loop) {
    const svg::Point from = edge.start;
    const svg::Point to = edge.segment.end;
    const auto [first, last] = rows_of(from.y, to.y);
    if (first > last) return;
    const bool falls = to.y > from.y;  // y down
    const auto put = [&](int row, double x) {
      crossings_.push_back(
          {x, loop, static_cast<std::int16_t>(falls ? 1 : -1), static_cast<std::uint16_t>(row)});
    };
    if (edge.segment.kind == svg::Segment::Kind::kLine) {
      const double slope = (to.x - from.x) / (to.y - from.y);
      for (int row = first; row <= last; ++row) put(row, from.x + slope * (height(row) - from.y));
    } else {
      // From both ends at once, so that neither search waits for the other.
      Climb forth(edge, accuracy_);
      Climb back(reversed(edge), accuracy_);
      int from_row = falls ? first : last;
      int to_row = falls ? last : first;
      const int step = falls ? 1 : -1;
      for (int left = last - first; left >= 0; left -= 2, from_row += step, to_row -= step) {
        put(from_row, forth.x_at(height(from_row)));
        if (left > 0) put(to_row, back.x_at(height(to_row)));
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
      sort(crossings);
      visit(crossings);
    }
  }
  double step() const { return step_; }

 private:
  static constexpr double kOffGrids = 0.4871;  // no row lies where icons have their lines

  // By insertion while there are few, as nearly always; the order of equal ones stays.
  static void sort(std::span<Crossing> crossings) {
    constexpr std::size_t kFew = 16;
    if (crossings.size() > kFew) {
      std::stable_sort(crossings.begin(), crossings.end(),
                       [](const Crossing& a, const Crossing& b) { return a.x < b.x; });
      return;
    }
    for (std::size_t i = 1; i < crossings.size(); ++i) {
      const Crossing moved = crossings[i];
      std::size_t place = i;
      for (; place > 0 && moved.x < crossings[place - 1].x; --place)
        crossings[place] = crossings[place - 1];
      crossings[place] = moved;
    }
  }

  Sweep() = default;
  void lay_out(int rows) {
    rows_ = rows;
    step_ = kBoxSize / rows;
    per_unit_ = rows / kBoxSize;
    heights_.clear();
    for (int row = 0; row < rows; ++row) heights_.push_back((row + kOffGrids) * step_);
  }
  double height(int row) const { return heights_[static_cast<std::size_t>(row)]; }
  std::pair<int, int> rows_of(double y0, double y1) const {
    const double low = std::min(y0, y1);
    const double high = std::max(y0, y1);
    if (!(low < kBoxSize && high > 0)) return {0, -1};
    int first = static_cast<int>(std::max(0.0, low * per_unit_ - 0.5));
    int last = static_cast<int>(std::min<double>(rows_ - 1, high * per_unit_ + 0.5));
    while (first <= last && height(first) < low) ++first;
    while (last >= first && height(last) >= high) --last;
    return {first, last};
  }

  int rows_ = 0;
  double accuracy_ = 0;
  double step_ = 0;
  double per_unit_ = 0;
  std::vector<double> heights_;  // of the rows
  std::vector<Crossing> crossings_;
};

}  // namespace svgfusion::icon
