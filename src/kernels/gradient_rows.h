// SPDX-License-Identifier: MIT
// The gradient of a product's weights, some of its rows at a time.
#pragma once

#include <algorithm>

#include "svgfusion/kernels/product.h"
#include "tiles.h"

namespace svgfusion::kernels {

// Tiles of dw = up^T x: columns of the gradient times panels of x; up [depth, O] and x [depth, I]
// in cells. `Use` has
//   float* begin(first, count)   where rows [first, first + count) of dw go, without gaps
//   void panel()                 before each panel of these rows
//   void end(first, count)       they are complete
template <class Cell, class MakeUse>
void for_gradient_rows(const Cell* up, const Cell* x, std::int64_t depth, std::int64_t inputs,
                       std::int64_t outputs, const Parallel& parallel, const MakeUse& make_use) {
  constexpr std::int64_t kPanelsAhead = 4;
  const TileLoops& set = tiles();
  const std::int64_t panels = parts(inputs, set.columns);
  const std::int64_t panel_size = depth * set.columns;
  Cell* packed = scratch<Cell>(0, panels * panel_size);
  parallel(panels, grain_for(kFlopsOfACopy * panel_size),
           [&](std::int64_t begin, std::int64_t end) {
             pack_panels(x, inputs, depth, inputs, begin, end, packed + begin * panel_size);
           });
  const auto body = [&](std::int64_t begin, std::int64_t end) {
    auto use = make_use();
    for (std::int64_t t = begin; t < end; ++t) {
      const std::int64_t first = t * set.rows;
      const std::int64_t count = std::min<std::int64_t>(set.rows, outputs - first);
      float* to = use.begin(first, count);
      for (std::int64_t p = 0; p < panels; ++p) {
        use.panel();
        const std::int64_t left = inputs - p * set.columns;
        TileOperandsOf<Cell> tile{up + first,           1,     packed + p * panel_size, depth,
                                  to + p * set.columns, inputs};
        tile.a_step = outputs;
        if (left >= kPanelsAhead * set.columns)
          tile.next_c = tile.c + (kPanelsAhead - 1) * set.columns;
        multiply(count, tile, left);
      }
      use.end(first, count);
    }
  };
  parallel(parts(outputs, set.rows), grain_for(2 * set.rows * inputs * depth), body);
}

// The same for operands of either kind.
template <class MakeUse>
void for_gradient_rows(const float* up, const float* x, const ProductSizes& s,
                       const Parallel& parallel, const MakeUse& make_use) {
  for_gradient_rows(up, x, s.rows, s.inputs, s.outputs, parallel, make_use);
}
template <class MakeUse>
void for_gradient_rows(const Bfloat16* up, const Bfloat16* x, const ProductSizes& s,
                       const Parallel& parallel, const MakeUse& make_use) {
  const std::int64_t depth = parts(s.rows, 2);
  const auto paired = [&](const Bfloat16* from, std::int64_t width, int use) {
    Pair* to = scratch<Pair>(use, depth * width);
    parallel(depth, grain_for(2 * kFlopsOfACopy * width),
             [&](std::int64_t begin, std::int64_t end) {
               for (std::int64_t k = begin; k < end; ++k) {
                 const Bfloat16* even = from + 2 * k * width;
                 best_set().rows.pair_rows(even, 2 * k + 1 < s.rows ? even + width : nullptr,
                                           to + k * width, width);
               }
             });
    return to;
  };
  const Pair* up_pairs = paired(up, s.outputs, 1);
  const Pair* x_pairs = paired(x, s.inputs, 2);
  for_gradient_rows(up_pairs, x_pairs, depth, s.inputs, s.outputs, parallel, make_use);
}

}  // namespace svgfusion::kernels
