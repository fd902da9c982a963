// SPDX-License-Identifier: MIT
#include "svgfusion/kernels/product.h"

#include <algorithm>

#include "tiles.h"

namespace svgfusion::kernels {
namespace {

constexpr std::int64_t kTilesAtOnce = 8;
constexpr std::int64_t kRowsAtOnce = 128;  // of w, for dx
constexpr std::int64_t kPanelsAhead = 4;
}  // namespace

bool has_fast_products() { return tiles().columns > 8; }

// Tiles of y^T: rows of w times panels of x^T.
void product(const float* x, const float* w, const float* bias, float* y, const ProductSizes& s,
             const Parallel& parallel) {
  const TileLoops& set = tiles();
  const std::int64_t panels = parts(s.rows, set.columns);
  const std::int64_t panel_size = s.inputs * set.columns;
  float* packed = scratch(0, panels * panel_size);
  for (std::int64_t p = 0; p < panels; ++p)
    pack_rows(x, s.inputs, s.rows, s.inputs, p * set.columns, packed + p * panel_size);
  // Some tiles at once, so that whole cache lines of y are written.
  const std::int64_t block = kTilesAtOnce * set.rows;
  const auto body = [&](std::int64_t begin, std::int64_t end) {
    float* sums = scratch(1, block * set.columns);
    for (std::int64_t t = begin; t < end; ++t) {
      const std::int64_t first = t * block;
      const std::int64_t count = std::min(block, s.outputs - first);
      for (std::int64_t p = 0; p < panels; ++p) {
        for (std::int64_t o = 0; o < count; o += set.rows) {
          TileOperands tile{w + (first + o) * s.inputs, s.inputs,
                            packed + p * panel_size,    s.inputs,
                            sums + o * set.columns,     set.columns};
          // The next weights come from memory while the last panel meets these.
          const bool has_next = t + 1 < end && first + block + o + set.rows <= s.outputs;
          if (p + 1 == panels && has_next) tile.next_a = tile.a + block * s.inputs;
          multiply_whole(std::min<std::int64_t>(set.rows, count - o), tile);
        }
        const std::int64_t rows = std::min<std::int64_t>(set.columns, s.rows - p * set.columns);
        for (std::int64_t r = 0; r < rows; ++r) {
          float* out = y + (p * set.columns + r) * s.outputs + first;
          const float* sum = sums + r;
          for (std::int64_t o = 0; o < count; ++o) out[o] = sum[o * set.columns];
          if (bias != nullptr)
            for (std::int64_t o = 0; o < count; ++o) out[o] += bias[first + o];
        }
      }
    }
  };
  parallel(parts(s.outputs, block), grain_for(2 * block * s.inputs * s.rows), body);
}

// Tiles of dx: rows of the gradient times panels of w, some of its rows at a time, so that memory
// is read in long runs.
void product_input_gradient(const float* up, const float* w, float* dx, const ProductSizes& s,
                            const Parallel& parallel) {
  const TileLoops& set = tiles();
  const auto body = [&](std::int64_t begin, std::int64_t end) {
    float* packed = scratch(1, (end - begin) * kRowsAtOnce * set.columns);
    for (std::int64_t o = 0; o < s.outputs; o += kRowsAtOnce) {
      const std::int64_t depth = std::min(kRowsAtOnce, s.outputs - o);
      pack_panels(w + o * s.inputs, s.inputs, depth, s.inputs, begin, end, packed);
      for (std::int64_t p = begin; p < end; ++p) {
        const std::int64_t first = p * set.columns;
        // The next weights come from memory while these are used: a share of the panel at a tile.
        const std::int64_t next = std::min(s.outputs, o + 2 * kRowsAtOnce);
        const std::int64_t share = parts(kRowsAtOnce, parts(s.rows, set.rows));
        std::int64_t ahead = o + kRowsAtOnce;
        for (std::int64_t r = 0; r < s.rows; r += set.rows) {
          for (const std::int64_t until = std::min(next, ahead + share); ahead < until; ++ahead)
            __builtin_prefetch(w + ahead * s.inputs + first);
          multiply(std::min<std::int64_t>(set.rows, s.rows - r),
                   {up + r * s.outputs + o, s.outputs, packed + (p - begin) * depth * set.columns,
                    depth, dx + r * s.inputs + first, s.inputs, o > 0},
                   s.inputs - first);
        }
      }
    }
  };
  parallel(parts(s.inputs, set.columns), grain_for(2 * set.columns * s.outputs * s.rows), body);
}

// Tiles of dw: columns of the gradient times panels of x.
void product_weight_gradient(const float* up, const float* x, float* dw, const ProductSizes& s,
                             const Parallel& parallel) {
  const TileLoops& set = tiles();
  const std::int64_t panels = parts(s.inputs, set.columns);
  const std::int64_t panel_size = s.rows * set.columns;
  float* packed = scratch(0, panels * panel_size);
  pack_panels(x, s.inputs, s.rows, s.inputs, 0, panels, packed);
  const auto body = [&](std::int64_t begin, std::int64_t end) {
    float* columns = scratch(1, set.rows * s.rows);
    for (std::int64_t t = begin; t < end; ++t) {
      const std::int64_t first = t * set.rows;
      const std::int64_t count = std::min<std::int64_t>(set.rows, s.outputs - first);
      for (std::int64_t r = 0; r < s.rows; ++r)
        for (std::int64_t o = 0; o < count; ++o)
          columns[o * s.rows + r] = up[r * s.outputs + first + o];
      for (std::int64_t p = 0; p < panels; ++p) {
        const std::int64_t left = s.inputs - p * set.columns;
        TileOperands tile{columns,
                          s.rows,
                          packed + p * panel_size,
                          s.rows,
                          dw + first * s.inputs + p * set.columns,
                          s.inputs};
        if (left >= kPanelsAhead * set.columns)
          tile.next_c = tile.c + (kPanelsAhead - 1) * set.columns;
        multiply(count, tile, left);
      }
    }
  };
  parallel(parts(s.outputs, set.rows), grain_for(2 * set.rows * s.inputs * s.rows), body);
}

}  // namespace svgfusion::kernels
