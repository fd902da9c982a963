// SPDX-License-Identifier: MIT
#include "tiles.h"

#include <algorithm>
#include <cstring>
#include <type_traits>
#include <vector>

namespace svgfusion::kernels {
namespace {

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

constexpr std::int64_t kGrainFlops = 1 << 17;

}  // namespace

std::int64_t grain_for(std::int64_t flops_each) {
  return std::max<std::int64_t>(1, kGrainFlops / std::max<std::int64_t>(1, flops_each));
}

template <class Cell>
Cell* scratch(int use, std::int64_t size) {
  thread_local std::vector<Cell> buffers[kScratchUses];
  std::vector<Cell>& buffer = buffers[use];
  if (static_cast<std::int64_t>(buffer.size()) < size)
    buffer.resize(static_cast<std::size_t>(size));
  return buffer.data();
}

template <class Cell>
void pack_columns(const Cell* from, std::int64_t stride, std::int64_t rows, std::int64_t columns,
                  std::int64_t first, Cell* panel) {
  with_width([&](auto width) {
    const std::int64_t count = std::min<std::int64_t>(width, columns - first);
    const Cell* row = from + first;
    if (count == width) {
      for (std::int64_t r = 0; r < rows; ++r, row += stride, panel += width)
        std::memcpy(panel, row, width * sizeof(Cell));
      return;
    }
    for (std::int64_t r = 0; r < rows; ++r, row += stride, panel += width) {
      std::copy_n(row, count, panel);
      std::fill(panel + count, panel + width, Cell{});
    }
  });
}

namespace {

template <class Cell>
void transpose_four(const Cell* from, std::int64_t from_stride, Cell* to, std::int64_t to_stride) {
  typedef Cell Four __attribute__((vector_size(4 * sizeof(Cell))));
  Four in[4], half[4], out[4];
  for (int k = 0; k < 4; ++k) std::memcpy(&in[k], from + k * from_stride, sizeof in[k]);
  half[0] = __builtin_shufflevector(in[0], in[1], 0, 4, 1, 5);
  half[1] = __builtin_shufflevector(in[0], in[1], 2, 6, 3, 7);
  half[2] = __builtin_shufflevector(in[2], in[3], 0, 4, 1, 5);
  half[3] = __builtin_shufflevector(in[2], in[3], 2, 6, 3, 7);
  out[0] = __builtin_shufflevector(half[0], half[2], 0, 1, 4, 5);
  out[1] = __builtin_shufflevector(half[0], half[2], 2, 3, 6, 7);
  out[2] = __builtin_shufflevector(half[1], half[3], 0, 1, 4, 5);
  out[3] = __builtin_shufflevector(half[1], half[3], 2, 3, 6, 7);
  for (int k = 0; k < 4; ++k) std::memcpy(to + k * to_stride, &out[k], sizeof out[k]);
}

}  // namespace

// Blocks of eight rows and a cache line: rows a power of two apart share a set of the cache, which
// holds eight lines.
template <class Cell>
void transpose(const Cell* from, std::int64_t from_stride, std::int64_t rows, std::int64_t columns,
               Cell* to, std::int64_t to_stride) {
  const std::int64_t whole_rows = rows / 4 * 4;
  const std::int64_t whole_columns = columns / 4 * 4;
  for (std::int64_t c0 = 0; c0 < whole_columns; c0 += 16) {
    for (std::int64_t r0 = 0; r0 < whole_rows; r0 += 8) {
      for (std::int64_t c = c0; c < std::min(c0 + 16, whole_columns); c += 4) {
        for (std::int64_t r = r0; r < std::min(r0 + 8, whole_rows); r += 4)
          transpose_four(from + r * from_stride + c, from_stride, to + c * to_stride + r,
                         to_stride);
      }
    }
  }
  for (std::int64_t c = 0; c < columns; ++c)
    for (std::int64_t r = c < whole_columns ? whole_rows : 0; r < rows; ++r)
      to[c * to_stride + r] = from[r * from_stride + c];
}

template <class Cell>
void pack_rows(const Cell* from, std::int64_t stride, std::int64_t rows, std::int64_t columns,
               std::int64_t first, Cell* panel) {
  const std::int64_t width = tiles().columns;
  const std::int64_t count = std::min(width, rows - first);
  if (count < width) std::fill(panel, panel + columns * width, Cell{});
  transpose(from + first * stride, stride, count, columns, panel, width);
}

namespace {

void run_tile(std::int64_t rows, const TileOperands& t) {
  tiles().multiply(static_cast<int>(rows), t);
}
void run_tile(std::int64_t rows, const PairTileOperands& t) {
  tiles().multiply_pairs(static_cast<int>(rows), t);
}

}  // namespace

// Operands go by reference where they can: copies of what was just written wait until the stores of
// the tile before are done, some hundredths of a product of few rows.
template <class Cell>
void multiply_whole(std::int64_t rows, const TileOperandsOf<Cell>& t) {
  if (t.depth <= kTileDepth) return run_tile(rows, t);
  const std::int64_t columns = tiles().columns;
  for (std::int64_t k = 0; k < t.depth; k += kTileDepth) {
    TileOperandsOf<Cell> part = t;
    part.a += k * t.a_step;
    part.b += k * columns;
    if (t.from != nullptr) {
      part.from += k * TileOperandsOf<Cell>::kRowsEach * t.from_stride;
      part.copies += k * columns;
    }
    part.depth = std::min(kTileDepth, t.depth - k);
    part.adds = t.adds || k > 0;
    if (k + part.depth < t.depth) part.bias = nullptr;
    if (t.next_a != nullptr) part.next_a += k;
    if (k > 0) {
      part.next_c = nullptr;
      part.ahead = nullptr;
    }
    run_tile(rows, part);
  }
}

template <class Cell>
void multiply(std::int64_t rows, const TileOperandsOf<Cell>& t, std::int64_t columns) {
  const std::int64_t width = tiles().columns;
  if (columns >= width) return multiply_whole(rows, t);
  float whole[12 * 32];
  TileOperandsOf<Cell> apart = t;
  apart.c = whole;
  apart.c_stride = width;
  apart.adds = false;
  apart.bias = nullptr;
  apart.next_c = nullptr;
  multiply_whole(rows, apart);
  for (std::int64_t r = 0; r < rows; ++r) {
    for (std::int64_t i = 0; i < columns; ++i) {
      float& to = t.c[r * t.c_stride + i];
      to = t.adds ? to + whole[r * width + i] : whole[r * width + i];
      if (t.bias != nullptr) to += t.bias[i];
    }
  }
}

void multiply_panel(std::int64_t rows, const TileOperands& t, std::int64_t columns) {
  const std::int64_t step = tiles().rows;
  for (std::int64_t r = 0; r < rows; r += step) {
    TileOperands part = t;
    part.a += r * t.a_stride;
    part.c += r * t.c_stride;
    multiply(std::min(step, rows - r), part, columns);
  }
}

#define SVGFUSION_FOR_CELLS(Cell)                                                                 \
  template Cell* scratch<Cell>(int, std::int64_t);                                                \
  template void pack_columns(const Cell*, std::int64_t, std::int64_t, std::int64_t, std::int64_t, \
                             Cell*);                                                              \
  template void pack_rows(const Cell*, std::int64_t, std::int64_t, std::int64_t, std::int64_t,    \
                          Cell*);                                                                 \
  template void transpose(const Cell*, std::int64_t, std::int64_t, std::int64_t, Cell*,           \
                          std::int64_t);                                                          \
  template void multiply_whole(std::int64_t, const TileOperandsOf<Cell>&);                        \
  template void multiply(std::int64_t, const TileOperandsOf<Cell>&, std::int64_t);
SVGFUSION_FOR_CELLS(float)
SVGFUSION_FOR_CELLS(Pair)
#undef SVGFUSION_FOR_CELLS

}  // namespace svgfusion::kernels
