// SPDX-License-Identifier: MIT
#include "assignment.h"

#include <limits>

#include "svgfusion/base/error.h"

namespace svgfusion::model {

std::vector<std::int64_t> least_cost_assignment(const std::vector<std::vector<double>>& costs) {
  const std::size_t rows = costs.size();
  if (rows == 0) return {};
  const std::size_t columns = costs[0].size();
  SVGFUSION_CHECK(columns >= rows, rows, " rows, ", columns, " columns");
  constexpr std::size_t kFree = static_cast<std::size_t>(-1);
  // One column more than there are: where each row's search starts.
  std::vector<double> row_price(rows, 0), column_price(columns + 1, 0);
  std::vector<std::size_t> row_of(columns + 1, kFree);
  for (std::size_t row = 0; row < rows; ++row) {
    std::vector<double> shortest(columns + 1, std::numeric_limits<double>::infinity());
    std::vector<std::size_t> from(columns + 1, columns);
    std::vector<bool> done(columns + 1, false);
    std::size_t at = columns;
    row_of[at] = row;
    while (row_of[at] != kFree) {
      done[at] = true;
      std::size_t next = columns;
      double step = std::numeric_limits<double>::infinity();
      for (std::size_t c = 0; c < columns; ++c) {
        if (done[c]) continue;
        const double reduced = costs[row_of[at]][c] - row_price[row_of[at]] - column_price[c];
        if (reduced < shortest[c]) {
          shortest[c] = reduced;
          from[c] = at;
        }
        if (shortest[c] < step) {
          step = shortest[c];
          next = c;
        }
      }
      SVGFUSION_CHECK(next != columns, "costs are not finite");
      for (std::size_t c = 0; c <= columns; ++c) {
        if (done[c]) {
          row_price[row_of[c]] += step;
          column_price[c] -= step;
        } else {
          shortest[c] -= step;
        }
      }
      at = next;
    }
    while (at != columns) {  // turn the path of changes around
      row_of[at] = row_of[from[at]];
      at = from[at];
    }
    row_of[columns] = kFree;
  }
  std::vector<std::int64_t> out(rows, 0);
  for (std::size_t c = 0; c < columns; ++c) {
    if (row_of[c] != kFree) out[row_of[c]] = static_cast<std::int64_t>(c);
  }
  return out;
}

}  // namespace svgfusion::model
