// SPDX-License-Identifier: MIT
#include "svgfusion/kernels/product_norm.h"

#include <algorithm>
#include <numeric>

#include "tiles.h"

namespace svgfusion::kernels {
namespace {

// Cells of a row of up that a thread takes at once: one product may be as large as all others.
constexpr std::int64_t kLongestPart = 1024;

void dots(const float* const* a, const float* const* b, std::int64_t depth, float* out) {
  best_set().dots.multiply(a, b, depth, out);
}
void dots(const Pair* const* a, const Pair* const* b, std::int64_t depth, float* out) {
  best_set().dots.multiply_pairs(a, b, depth, out);
}

template <class Cell>
struct Rows {
  const Cell* first = nullptr;
  std::int64_t stride = 0;
  std::int64_t depth = 0;

  // Products of `rows` rows from row r on and kDotColumns from row s on, of which those past the
  // last are the last.
  void multiply(int rows, std::int64_t r, std::int64_t s, std::int64_t last, float* out) const {
    const Cell* a[kMostDotRows];
    const Cell* b[kDotColumns];
    for (int i = 0; i < rows; ++i) a[i] = first + std::min(r + i, last) * stride;
    for (int i = 0; i < kDotColumns; ++i) b[i] = first + std::min(s + i, last) * stride;
    dots(a, b, depth, out);
  }
};

template <class Cell>
struct Part {
  Rows<Cell> up, x;
  std::int64_t rows = 0;
};

// Both matrices are symmetric: blocks above the diagonal are left out.
template <class Cell>
double square_sum_of(const Part<Cell>& part) {
  const int height = best_set().dots.rows;
  double sum = 0;
  float of_up[kMostDotRows * kDotColumns];
  float of_x[kMostDotRows * kDotColumns];
  for (std::int64_t first = 0; first < part.rows; first += height) {
    const std::int64_t end = std::min(first + height, part.rows);
    for (std::int64_t column = 0; column < end; column += kDotColumns) {
      part.up.multiply(height, first, column, part.rows - 1, of_up);
      part.x.multiply(height, first, column, part.rows - 1, of_x);
      for (std::int64_t r = first; r < end; ++r) {
        for (std::int64_t c = column; c <= std::min(r, column + kDotColumns - 1); ++c) {
          const std::int64_t at = (r - first) * kDotColumns + c - column;
          sum += (c < r ? 2.0 : 1.0) * static_cast<double>(of_up[at]) * of_x[at];
        }
      }
    }
  }
  return sum;
}

template <class Cell>
void add_parts(const Cell* up, std::int64_t up_depth, const Cell* x, std::int64_t x_depth,
               std::int64_t rows, std::vector<Part<Cell>>& parts) {
  for (std::int64_t begin = 0; begin < up_depth; begin += kLongestPart) {
    parts.push_back({{up + begin, up_depth, std::min(kLongestPart, up_depth - begin)},
                     {x, x_depth, x_depth},
                     rows});
  }
}

template <class Cell>
double square_sum_of(const std::vector<Part<Cell>>& parts, const Parallel& parallel) {
  std::vector<double> sums(parts.size());
  parallel(static_cast<std::int64_t>(parts.size()), 1, [&](std::int64_t begin, std::int64_t end) {
    for (auto i = static_cast<std::size_t>(begin); i < static_cast<std::size_t>(end); ++i)
      sums[i] = square_sum_of(parts[i]);
  });
  return std::accumulate(sums.begin(), sums.end(), 0.0);
}

}  // namespace

double square_sum(const std::vector<RowProduct<float>>& products, const Parallel& parallel) {
  std::vector<Part<float>> all;
  for (const auto& p : products)
    add_parts(p.up, p.sizes.outputs, p.x, p.sizes.inputs, p.sizes.rows, all);
  return square_sum_of(all, parallel);
}
double square_sum(const std::vector<RowProduct<Bfloat16>>& products, const Parallel& parallel) {
  std::vector<Part<Pair>> all;
  for (const auto& p : products)
    add_parts(as_pairs(p.up), p.sizes.outputs / 2, as_pairs(p.x), p.sizes.inputs / 2, p.sizes.rows,
              all);
  return square_sum_of(all, parallel);
}

}  // namespace svgfusion::kernels
