// SPDX-License-Identifier: MIT
#include "svgfusion/kernels/product.h"

#include <algorithm>

#include "gradient_rows.h"
#include "tiles.h"

namespace svgfusion::kernels {
namespace {

constexpr std::int64_t kTilesAtOnce = 4;
// Turning weights over costs about as much as this part of their product.
constexpr std::int64_t kTurningCosts = 12;

// The transpose of m [rows, depth] in panels.
template <class Cell>
void pack(const Cell* m, Cell* panels, std::int64_t rows, std::int64_t depth,
          const Parallel& parallel) {
  const std::int64_t columns = tiles().columns;
  parallel(parts(rows, columns), grain_for(kFlopsOfACopy * depth * columns),
           [&](std::int64_t begin, std::int64_t end) {
             for (std::int64_t p = begin; p < end; ++p)
               pack_rows(m, depth, rows, depth, p * columns, panels + p * columns * depth);
           });
}

// Tiles of y^T: rows of w, read once from where they lie, times panels of x^T, `depth` cells each.
template <class Cell>
void product_by_weights(const Cell* x, const Cell* w, const float* bias, float* y,
                        const ProductSizes& s, std::int64_t depth, const Parallel& parallel) {
  const TileLoops& set = tiles();
  const std::int64_t panels = parts(s.rows, set.columns);
  const std::int64_t panel_size = depth * set.columns;
  Cell* packed = scratch<Cell>(0, panels * panel_size);
  pack(x, packed, s.rows, depth, parallel);
  // Some tiles at once, so that whole cache lines of y are written.
  const std::int64_t block = kTilesAtOnce * set.rows;
  const auto body = [&](std::int64_t begin, std::int64_t end) {
    float* sums = scratch(1, panels * block * set.columns);
    const std::int64_t last = std::min(end * set.rows, s.outputs);
    for (std::int64_t first = begin * set.rows; first < last; first += block) {
      const std::int64_t count = std::min(block, last - first);
      for (std::int64_t o = 0; o < count; o += set.rows) {
        for (std::int64_t p = 0; p < panels; ++p) {
          TileOperandsOf<Cell> tile{w + (first + o) * depth,
                                    depth,
                                    packed + p * panel_size,
                                    depth,
                                    sums + (p * block + o) * set.columns,
                                    set.columns};
          // The next weights come from memory while the last panel meets these.
          const bool has_next = first + o + 2 * set.rows <= last;
          if (p + 1 == panels && has_next) tile.next_a = tile.a + set.rows * depth;
          multiply_whole(std::min<std::int64_t>(set.rows, count - o), tile);
        }
      }
      for (std::int64_t p = 0; p < panels; ++p) {
        const std::int64_t rows = std::min<std::int64_t>(set.columns, s.rows - p * set.columns);
        float* out = y + p * set.columns * s.outputs + first;
        transpose(sums + p * block * set.columns, set.columns, count, rows, out, s.outputs);
        if (bias == nullptr) continue;
        for (std::int64_t r = 0; r < rows; ++r)
          for (std::int64_t o = 0; o < count; ++o) out[r * s.outputs + o] += bias[first + o];
      }
    }
  };
  parallel(parts(s.outputs, set.rows), grain_for(2 * set.rows * s.inputs * s.rows), body);
}

// What is read after a panel, to be fetched from memory while that is multiplied.
template <class Cell>
struct PanelAhead {
  const Cell* from = nullptr;
  std::int64_t left = 0;

  void fetch(std::int64_t cells) {
    for (cells = std::min(cells, left); cells > 0; cells -= kLineCells) {
      __builtin_prefetch(from);
      from += kLineCells;
      left -= kLineCells;
    }
  }
};

// Tiles of y: all rows of x times one panel of w^T, a part of it at a time.
template <class Cell>
void multiply_rows(const Cell* x, const Cell* panel, const float* bias, float* y,
                   const ProductSizes& s, std::int64_t depth, std::int64_t first,
                   PanelAhead<Cell> ahead = {}) {
  const TileLoops& set = tiles();
  const std::int64_t left = s.outputs - first;
  const std::int64_t calls = parts(depth, kTileDepth) * parts(s.rows, set.rows);
  const std::int64_t cells_each = parts(parts(ahead.left, calls), kLineCells) * kLineCells;
  for (std::int64_t k = 0; k < depth; k += kTileDepth) {
    for (std::int64_t r = 0; r < s.rows; r += set.rows) {
      TileOperandsOf<Cell> tile{x + r * depth + k,
                                depth,
                                panel + k * set.columns,
                                std::min(kTileDepth, depth - k),
                                y + r * s.outputs + first,
                                s.outputs,
                                k > 0};
      if (bias != nullptr && k + kTileDepth >= depth) tile.bias = bias + first;
      ahead.fetch(cells_each);
      multiply(std::min<std::int64_t>(set.rows, s.rows - r), tile, left);
    }
  }
}

// Turning w over costs a little, but panels of x^T that are not full would cost more.
template <class Cell>
void product_by_rows(const Cell* x, const Cell* w, const float* bias, float* y,
                     const ProductSizes& s, std::int64_t depth, const Parallel& parallel) {
  const TileLoops& set = tiles();
  const auto body = [&](std::int64_t begin, std::int64_t end) {
    Cell* panel = scratch<Cell>(1, depth * set.columns);
    for (std::int64_t p = begin; p < end; ++p) {
      pack_rows(w, depth, s.outputs, depth, p * set.columns, panel);
      const std::int64_t next = (p + 1) * set.columns;
      const std::int64_t count =
          p + 1 < end ? std::min<std::int64_t>(set.columns, s.outputs - next) : 0;
      multiply_rows(x, panel, bias, y, s, depth, p * set.columns,
                    PanelAhead<Cell>{w + next * depth, count * depth});
    }
  };
  parallel(parts(s.outputs, set.columns), grain_for(2 * set.columns * s.inputs * s.rows), body);
}

template <class Cell>
void packed_product_of(const Cell* x, const Cell* packed, const float* bias, float* y,
                       const ProductSizes& s, std::int64_t depth, const Parallel& parallel) {
  const std::int64_t columns = tiles().columns;
  parallel(parts(s.outputs, columns), grain_for(2 * columns * s.inputs * s.rows),
           [&](std::int64_t begin, std::int64_t end) {
             for (std::int64_t p = begin; p < end; ++p)
               multiply_rows(x, packed + p * columns * depth, bias, y, s, depth, p * columns);
           });
}

template <class Cell>
void product_of(const Cell* x, const Cell* w, const float* bias, float* y, const ProductSizes& s,
                std::int64_t depth, const Parallel& parallel) {
  const std::int64_t columns = tiles().columns;
  const std::int64_t empty = parts(s.rows, columns) * columns - s.rows;
  if (s.rows > columns && kTurningCosts * empty > s.rows) {
    product_by_rows(x, w, bias, y, s, depth, parallel);
  } else {
    product_by_weights(x, w, bias, y, s, depth, parallel);
  }
}

// The last columns of w, which no whole panel holds.
void pack_last(const float* w, std::int64_t stride, std::int64_t depth, std::int64_t columns,
               std::int64_t first, float* panel) {
  pack_columns(w, stride, depth, columns, first, panel);
}
void pack_last(const Bfloat16* w, std::int64_t stride, std::int64_t depth, std::int64_t columns,
               std::int64_t first, Pair* panel) {
  std::fill_n(panel, depth * tiles().columns, Pair{0});
  for (std::int64_t k = 0; k < depth; ++k) {
    const Bfloat16* row = w + 2 * k * stride + first;
    best_set().rows.pair_rows(row, row + stride, panel + k * tiles().columns, columns - first);
  }
}

// Tiles of dx: rows of the gradient, `depth` cells each, times panels of w, some of its rows at a
// time, so that memory is read in long runs. The first tile of a panel puts it together.
template <class Cell, class Number>
void input_gradient_of(const Cell* up, const Number* w, float* dx, const ProductSizes& s,
                       std::int64_t depth, const Parallel& parallel) {
  constexpr int kRowsEach = TileOperandsOf<Cell>::kRowsEach;
  const TileLoops& set = tiles();
  const auto body = [&](std::int64_t begin, std::int64_t end) {
    Cell* panel = scratch<Cell>(1, kTileDepth * set.columns);
    for (std::int64_t o = 0; o < depth; o += kTileDepth) {
      const std::int64_t count = std::min(kTileDepth, depth - o);
      const Number* rows_of_w = w + o * kRowsEach * s.inputs;
      for (std::int64_t p = begin; p < end; ++p) {
        const std::int64_t first = p * set.columns;
        const std::int64_t left = s.inputs - first;
        const bool is_whole = left >= set.columns;
        if (!is_whole) pack_last(rows_of_w, s.inputs, count, s.inputs, first, panel);
        for (std::int64_t r = 0; r < s.rows; r += set.rows) {
          TileOperandsOf<Cell> tile{up + r * depth + o,        depth,    panel, count,
                                    dx + r * s.inputs + first, s.inputs, o > 0};
          if (r == 0 && is_whole) {
            tile.from = rows_of_w + first;
            tile.from_stride = s.inputs;
            tile.copies = panel;
          }
          multiply(std::min<std::int64_t>(set.rows, s.rows - r), tile, left);
        }
      }
    }
  };
  parallel(parts(s.inputs, set.columns), grain_for(2 * set.columns * s.outputs * s.rows), body);
}

template <class Number>
void weight_gradient_of(const Number* up, const Number* x, float* dw, const ProductSizes& s,
                        const Parallel& parallel) {
  struct Write {
    float* dw;
    std::int64_t inputs;
    float* begin(std::int64_t first, std::int64_t) { return dw + first * inputs; }
    const Ahead* panel() { return nullptr; }
    void end(std::int64_t, std::int64_t) {}
  };
  for_gradient_rows(up, x, s, parallel, [&] { return Write{dw, s.inputs}; });
}

}  // namespace

bool has_fast_products() { return tiles().columns > 8; }
bool has_fast_bfloat16_products() { return best_set().multiplies_bfloat16; }

void product(const float* x, const float* w, const float* bias, float* y, const ProductSizes& s,
             const Parallel& parallel) {
  product_of(x, w, bias, y, s, s.inputs, parallel);
}
void product(const Bfloat16* x, const Bfloat16* w, const float* bias, float* y,
             const ProductSizes& s, const Parallel& parallel) {
  product_of(as_pairs(x), as_pairs(w), bias, y, s, s.inputs / 2, parallel);
}

std::int64_t packed_size(const ProductSizes& s) {
  return parts(s.outputs, tiles().columns) * tiles().columns * s.inputs;
}
void pack_weights(const float* w, float* packed, const ProductSizes& s, const Parallel& parallel) {
  pack(w, packed, s.outputs, s.inputs, parallel);
}
void pack_weights(const Bfloat16* w, Bfloat16* packed, const ProductSizes& s,
                  const Parallel& parallel) {
  pack(as_pairs(w), reinterpret_cast<Pair*>(packed), s.outputs, s.inputs / 2, parallel);
}
void packed_product(const float* x, const float* packed, const float* bias, float* y,
                    const ProductSizes& s, const Parallel& parallel) {
  packed_product_of(x, packed, bias, y, s, s.inputs, parallel);
}
void packed_product(const Bfloat16* x, const Bfloat16* packed, const float* bias, float* y,
                    const ProductSizes& s, const Parallel& parallel) {
  packed_product_of(as_pairs(x), as_pairs(packed), bias, y, s, s.inputs / 2, parallel);
}

void product_input_gradient(const float* up, const float* w, float* dx, const ProductSizes& s,
                            const Parallel& parallel) {
  input_gradient_of(up, w, dx, s, s.outputs, parallel);
}
void product_input_gradient(const Bfloat16* up, const Bfloat16* w, float* dx, const ProductSizes& s,
                            const Parallel& parallel) {
  input_gradient_of(as_pairs(up), w, dx, s, s.outputs / 2, parallel);
}

void product_weight_gradient(const float* up, const float* x, float* dw, const ProductSizes& s,
                             const Parallel& parallel) {
  weight_gradient_of(up, x, dw, s, parallel);
}
void product_weight_gradient(const Bfloat16* up, const Bfloat16* x, float* dw,
                             const ProductSizes& s, const Parallel& parallel) {
  weight_gradient_of(up, x, dw, s, parallel);
}

}  // namespace svgfusion::kernels
