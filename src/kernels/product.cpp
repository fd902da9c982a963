// SPDX-License-Identifier: MIT
#include "svgfusion/kernels/product.h"

#include <algorithm>

#include "tiles.h"

namespace svgfusion::kernels {
namespace {

constexpr std::int64_t kTilesAtOnce = 8;
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
          multiply_whole(std::min<std::int64_t>(set.rows, count - o),
                         {w + (first + o) * s.inputs, s.inputs, packed + p * panel_size, s.inputs,
                          sums + o * set.columns, set.columns});
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

// Tiles of dx: rows of the gradient times panels of w.
void product_input_gradient(const float* up, const float* w, float* dx, const ProductSizes& s,
                            const Parallel& parallel) {
  const TileLoops& set = tiles();
  const auto body = [&](std::int64_t begin, std::int64_t end) {
    float* panel = scratch(1, s.outputs * set.columns);
    for (std::int64_t p = begin; p < end; ++p) {
      const std::int64_t first = p * set.columns;
      pack_columns(w, s.inputs, s.outputs, s.inputs, first, panel);
      multiply_panel(s.rows, {up, s.outputs, panel, s.outputs, dx + first, s.inputs},
                     s.inputs - first);
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
  for (std::int64_t p = 0; p < panels; ++p)
    pack_columns(x, s.inputs, s.rows, s.inputs, p * set.columns, packed + p * panel_size);
  const auto body = [&](std::int64_t begin, std::int64_t end) {
    float* columns = scratch(1, set.rows * s.rows);
    for (std::int64_t t = begin; t < end; ++t) {
      const std::int64_t first = t * set.rows;
      const std::int64_t count = std::min<std::int64_t>(set.rows, s.outputs - first);
      for (std::int64_t r = 0; r < s.rows; ++r)
        for (std::int64_t o = 0; o < count; ++o)
          columns[o * s.rows + r] = up[r * s.outputs + first + o];
      for (std::int64_t p = 0; p < panels; ++p) {
        multiply(count,
                 {columns, s.rows, packed + p * panel_size, s.rows,
                  dw + first * s.inputs + p * set.columns, s.inputs},
                 s.inputs - p * set.columns);
      }
    }
  };
  parallel(parts(s.outputs, set.rows), grain_for(2 * set.rows * s.inputs * s.rows), body);
}

}  // namespace svgfusion::kernels
