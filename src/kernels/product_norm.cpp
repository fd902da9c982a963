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
};

// So many cells of kRowsAtOnce rows stay in the first cache while all rows below pass by.
constexpr std::int64_t kDepthAtOnce = 512;
constexpr std::int64_t kRowsAtOnce = 8;

// gram [rows, width] = m m^T up to the diagonal; what is above it is not said. Rows of a block past
// the last are the last.
template <class Cell>
void gram_matrix(const Rows<Cell>& m, std::int64_t rows, std::int64_t width, float* gram) {
  const int height = best_set().dots.rows;
  const Cell* a[kMostDotRows];
  const Cell* b[kDotColumns];
  float block[kMostDotRows * kDotColumns];
  std::fill_n(gram, rows * width, 0.0F);
  const auto multiply = [&](std::int64_t r, std::int64_t s, std::int64_t cell) {
    const auto row = [&](std::int64_t i) {
      return m.first + std::min(i, rows - 1) * m.stride + cell;
    };
    for (int i = 0; i < height; ++i) a[i] = row(r + i);
    for (int i = 0; i < kDotColumns; ++i) b[i] = row(s + i);
    dots(a, b, std::min(kDepthAtOnce, m.depth - cell), block);
    for (std::int64_t i = 0; i < std::min<std::int64_t>(height, rows - r); ++i)
      for (std::int64_t k = 0; k < kDotColumns; ++k)
        gram[(r + i) * width + s + k] += block[i * kDotColumns + k];
  };
  for (std::int64_t cell = 0; cell < m.depth; cell += kDepthAtOnce) {
    for (std::int64_t group = 0; group < rows; group += kRowsAtOnce) {
      for (std::int64_t r = group / height * height; r < rows; r += height) {
        const std::int64_t end = std::min({group + kRowsAtOnce, r + height, rows});
        for (std::int64_t s = group; s < end; s += kDotColumns) multiply(r, s, cell);
      }
    }
  }
}

template <class Cell>
struct Part {
  Rows<Cell> up, x;
  std::int64_t rows = 0;
};

template <class Cell>
double square_sum_of(const Part<Cell>& part) {
  const std::int64_t width = parts(part.rows, kDotColumns) * kDotColumns;
  float* of_up = scratch(0, part.rows * width);
  float* of_x = scratch(1, part.rows * width);
  gram_matrix(part.up, part.rows, width, of_up);
  gram_matrix(part.x, part.rows, width, of_x);
  double sum = 0;
  for (std::int64_t r = 0; r < part.rows; ++r, of_up += width, of_x += width) {
    double below = 0;
    for (std::int64_t s = 0; s < r; ++s) below += static_cast<double>(of_up[s]) * of_x[s];
    sum += 2 * below + static_cast<double>(of_up[r]) * of_x[r];
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

double squares_of(const float* x, std::int64_t n) { return best_set().rows.square_sum(x, n); }
double squares_of(const Bfloat16* x, std::int64_t n) {
  return best_set().rows.rounded_square_sum(x, n);
}

template <class Number>
double square_bound_of(const std::vector<RowProduct<Number>>& products, const Parallel& parallel) {
  // By rows: one product may be as large as all others.
  double total = 0;
  std::vector<double> of_up, of_x;
  for (const RowProduct<Number>& p : products) {
    const ProductSizes& s = p.sizes;
    of_up.assign(static_cast<std::size_t>(s.rows), 0);
    of_x = of_up;
    parallel(s.rows, grain_for(2 * (s.outputs + s.inputs)),
             [&](std::int64_t begin, std::int64_t end) {
               for (std::int64_t r = begin; r < end; ++r) {
                 const auto i = static_cast<std::size_t>(r);
                 of_up[i] = squares_of(p.up + r * s.outputs, s.outputs);
                 of_x[i] = squares_of(p.x + r * s.inputs, s.inputs);
               }
             });
    total += std::accumulate(of_up.begin(), of_up.end(), 0.0) *
             std::accumulate(of_x.begin(), of_x.end(), 0.0);
  }
  return total;
}

}  // namespace

double square_bound(const std::vector<RowProduct<float>>& products, const Parallel& parallel) {
  return square_bound_of(products, parallel);
}
double square_bound(const std::vector<RowProduct<Bfloat16>>& products, const Parallel& parallel) {
  return square_bound_of(products, parallel);
}

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
