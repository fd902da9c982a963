// SPDX-License-Identifier: MIT
#include "svgfusion/kernels/product.h"

#include <algorithm>
#include <cstring>
#include <type_traits>
#include <utility>
#include <vector>

#include "product_set.h"

namespace svgfusion::kernels {
namespace {

TileSet best_tiles() {
#ifdef SVGFUSION_X86_TILES
  if (__builtin_cpu_supports("avx512f")) return avx512_tiles();
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return avx2_tiles();
#endif
  return plain_tiles();
}

const TileSet& tiles() {
  static const TileSet chosen = best_tiles();
  return chosen;
}

std::int64_t parts(std::int64_t count, std::int64_t size) { return (count + size - 1) / size; }

// Memory of a thread that grows and stays; `use` tells two buffers of one call apart.
float* scratch(int use, std::int64_t size) {
  thread_local std::vector<float> buffers[2];
  std::vector<float>& buffer = buffers[use];
  if (static_cast<std::int64_t>(buffer.size()) < size)
    buffer.resize(static_cast<std::size_t>(size));
  return buffer.data();
}

// Calls body(width of a panel) with a constant, so that the copies in it are a few instructions.
template <class Body>
void with_width(const Body& body) {
  switch (tiles().columns) {
    case 32:
      return body(std::integral_constant<std::int64_t, 32>());
    case 16:
      return body(std::integral_constant<std::int64_t, 16>());
    default:
      return body(std::integral_constant<std::int64_t, 8>());
  }
}

// Columns [first, first + width of a panel) of a row-major matrix, zero past its end.
void pack_columns(const float* from, std::int64_t rows, std::int64_t columns, std::int64_t first,
                  float* panel) {
  with_width([&](auto width) {
    const std::int64_t count = std::min<std::int64_t>(width, columns - first);
    const float* row = from + first;
    if (count == width) {
      for (std::int64_t r = 0; r < rows; ++r, row += columns, panel += width)
        std::memcpy(panel, row, width * sizeof(float));
      return;
    }
    for (std::int64_t r = 0; r < rows; ++r, row += columns, panel += width) {
      std::copy_n(row, count, panel);
      std::fill(panel + count, panel + width, 0.0F);
    }
  });
}

// The same of its transpose: rows [first, …) become columns.
void pack_rows(const float* from, std::int64_t rows, std::int64_t columns, std::int64_t first,
               float* panel) {
  with_width([&](auto width) {
    const std::int64_t count = std::min<std::int64_t>(width, rows - first);
    const float* column = from + first * columns;
    if (count < width) std::fill(panel, panel + columns * width, 0.0F);
    for (std::int64_t r = 0; r < count; ++r)
      for (std::int64_t c = 0; c < columns; ++c) panel[c * width + r] = column[r * columns + c];
  });
}

// So much of a panel stays in the first cache beside what else is read.
constexpr std::int64_t kDepth = 128;

void multiply_whole(std::int64_t rows, const TileOperands& t) {
  const TileSet& set = tiles();
  for (std::int64_t k = 0; k < t.depth; k += kDepth) {
    set.multiply(static_cast<int>(rows), {t.a + k, t.a_stride, t.b + k * set.columns,
                                          std::min(kDepth, t.depth - k), t.c, t.c_stride, k > 0});
  }
}

// One tile into c, of which only `columns` columns exist.
void multiply(std::int64_t rows, TileOperands t, std::int64_t columns) {
  const TileSet& set = tiles();
  if (columns >= set.columns) return multiply_whole(rows, t);
  float whole[12 * 32];
  float* c = std::exchange(t.c, whole);
  const std::int64_t stride = std::exchange(t.c_stride, set.columns);
  multiply_whole(rows, t);
  for (std::int64_t r = 0; r < rows; ++r)
    std::copy_n(whole + r * set.columns, columns, c + r * stride);
}

constexpr std::int64_t kTilesAtOnce = 8;
constexpr std::int64_t kGrainFlops = 1 << 17;  // below this a thread costs more than it does

std::int64_t grain(std::int64_t flops_each) {
  return std::max<std::int64_t>(1, kGrainFlops / std::max<std::int64_t>(1, flops_each));
}

}  // namespace

bool has_fast_products() { return tiles().columns > 8; }

// Tiles of y^T: rows of w times panels of x^T.
void product(const float* x, const float* w, const float* bias, float* y, const ProductSizes& s,
             const Parallel& parallel) {
  const TileSet& set = tiles();
  const std::int64_t panels = parts(s.rows, set.columns);
  const std::int64_t panel_size = s.inputs * set.columns;
  float* packed = scratch(0, panels * panel_size);
  for (std::int64_t p = 0; p < panels; ++p)
    pack_rows(x, s.rows, s.inputs, p * set.columns, packed + p * panel_size);
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
  parallel(parts(s.outputs, block), grain(2 * block * s.inputs * s.rows), body);
}

// Tiles of dx: rows of the gradient times panels of w.
void product_input_gradient(const float* up, const float* w, float* dx, const ProductSizes& s,
                            const Parallel& parallel) {
  const TileSet& set = tiles();
  const auto body = [&](std::int64_t begin, std::int64_t end) {
    float* panel = scratch(1, s.outputs * set.columns);
    for (std::int64_t p = begin; p < end; ++p) {
      const std::int64_t first = p * set.columns;
      pack_columns(w, s.outputs, s.inputs, first, panel);
      for (std::int64_t r = 0; r < s.rows; r += set.rows) {
        multiply(
            std::min<std::int64_t>(set.rows, s.rows - r),
            {up + r * s.outputs, s.outputs, panel, s.outputs, dx + r * s.inputs + first, s.inputs},
            s.inputs - first);
      }
    }
  };
  parallel(parts(s.inputs, set.columns), grain(2 * set.columns * s.outputs * s.rows), body);
}

// Tiles of dw: columns of the gradient times panels of x.
void product_weight_gradient(const float* up, const float* x, float* dw, const ProductSizes& s,
                             const Parallel& parallel) {
  const TileSet& set = tiles();
  const std::int64_t panels = parts(s.inputs, set.columns);
  const std::int64_t panel_size = s.rows * set.columns;
  float* packed = scratch(0, panels * panel_size);
  for (std::int64_t p = 0; p < panels; ++p)
    pack_columns(x, s.rows, s.inputs, p * set.columns, packed + p * panel_size);
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
  parallel(parts(s.outputs, set.rows), grain(2 * set.rows * s.inputs * s.rows), body);
}

}  // namespace svgfusion::kernels
