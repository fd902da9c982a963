// SPDX-License-Identifier: MIT
// The gradient of a product's weights, some of its rows at a time.
#pragma once

#include <algorithm>
#include <cstring>
#include <type_traits>

#include "svgfusion/kernels/product.h"
#include "tiles.h"

namespace svgfusion::kernels {

// Columns [first, first + count) of a matrix of `rows` rows as rows of cells, `to_stride` apart.
inline void copy_cells(const float* from, std::int64_t stride, std::int64_t rows,
                       std::int64_t first, std::int64_t count, float* to, std::int64_t to_stride) {
  for (std::int64_t k = 0; k < rows; ++k)
    std::memcpy(to + k * to_stride, from + k * stride + first,
                static_cast<std::size_t>(count) * sizeof(float));
}
inline void copy_cells(const Bfloat16* from, std::int64_t stride, std::int64_t rows,
                       std::int64_t first, std::int64_t count, Pair* to, std::int64_t to_stride) {
  for (std::int64_t k = 0; k < rows; k += 2, to += to_stride) {
    const Bfloat16* even = from + k * stride + first;
    best_set().rows.pair_rows(even, k + 1 < rows ? even + stride : nullptr, to, count);
  }
}

template <class Number>
using CellOf = std::conditional_t<std::is_same_v<Number, float>, float, Pair>;

// x [R, I] in panels, `depth` cells each.
template <class Number>
const CellOf<Number>* input_panels(const Number* x, const ProductSizes& s, std::int64_t depth,
                                   const Parallel& parallel) {
  using Cell = CellOf<Number>;
  const std::int64_t width = tiles().columns, panels = parts(s.inputs, width);
  Cell* const packed = scratch<Cell>(0, panels * depth * width);
  parallel(panels, grain_for(kFlopsOfACopy * depth * width),
           [&](std::int64_t begin, std::int64_t end) {
             for (std::int64_t p = begin; p < end; ++p) {
               Cell* const panel = packed + p * depth * width;
               const std::int64_t count = std::min(width, s.inputs - p * width);
               if (count < width) std::fill_n(panel, depth * width, Cell{});
               copy_cells(x, s.inputs, s.rows, p * width, count, panel, width);
             }
           });
  return packed;
}

// Tiles of dw = up^T x: columns of the gradient times panels of x. `Use` has
//   float* begin(first, count)   where rows [first, first + count) of dw go, without gaps
//   const Ahead* panel()         what to fetch during the next panel of these rows; may be null
//   void end(first, count)       they are complete
template <class Number, class MakeUse>
void for_gradient_rows(const Number* up, const Number* x, const ProductSizes& s,
                       const Parallel& parallel, const MakeUse& make_use) {
  using Cell = CellOf<Number>;
  constexpr std::int64_t kPanelsAhead = 4;
  // Tiles whose columns of the gradient are put together at once, from whole cache lines or nearly.
  constexpr std::int64_t kTilesAtOnce = 4;
  const TileLoops& set = tiles();
  const std::int64_t depth = parts(s.rows, TileOperandsOf<Cell>::kRowsEach);
  const Cell* const panels = input_panels(x, s, depth, parallel);
  const std::int64_t step = kTilesAtOnce * set.rows;
  const auto body = [&](std::int64_t begin, std::int64_t end) {
    auto use = make_use();
    Cell* const columns = scratch<Cell>(1, depth * step);
    for (std::int64_t t = begin; t < end; ++t) {
      const std::int64_t first = t * set.rows, place = (t - begin) % kTilesAtOnce * set.rows;
      if (place == 0) {
        const std::int64_t last = std::min({end * set.rows, first + step, s.outputs});
        copy_cells(up, s.outputs, s.rows, first, last - first, columns, step);
      }
      const std::int64_t count = std::min<std::int64_t>(set.rows, s.outputs - first);
      float* const to = use.begin(first, count);
      for (std::int64_t i = 0; i < s.inputs; i += set.columns) {
        TileOperandsOf<Cell> tile{columns + place, 1, panels + i * depth, depth, to + i, s.inputs};
        tile.a_step = step;
        tile.ahead = use.panel();
        if (s.inputs - i >= kPanelsAhead * set.columns)
          tile.next_c = tile.c + (kPanelsAhead - 1) * set.columns;
        multiply(count, tile, s.inputs - i);
      }
      use.end(first, count);
    }
  };
  parallel(parts(s.outputs, set.rows), grain_for(2 * set.rows * s.inputs * s.rows), body);
}

}  // namespace svgfusion::kernels
