// SPDX-License-Identifier: MIT
// The innermost loop of all products: c = a b for a few rows of a and a panel of b, held in
// registers (the register tile of Goto and van de Geijn, "Anatomy of High-Performance Matrix
// Multiplication", 2008). SVGFUSION_TILE_ROWS says how many rows the registers hold.
#pragma once

#include "instruction_set.h"
#include "vector.h"

namespace svgfusion::kernels {
namespace {

// A vector of a panel's row, where it lies in the matrix b: one row of floats, or two of bfloat16,
// which become pairs.
inline Vector gather(const float* from, std::int64_t) { return Whole().load(from); }
inline Bits gather(const Bfloat16* from, std::int64_t stride) {
  return pairs_of(Whole().load(from), Whole().load(from + stride));
}

// Rows of b to be fetched from memory while others are multiplied: into the second cache, since
// rows a power of two apart would displace each other in the first.
constexpr int kRowsAhead = 16;
constexpr int kSecondCache = 2;
inline void fetch(const float* from, std::int64_t) {
  for (int line = 0; line < 2 * kLanes; line += kLineCells)
    __builtin_prefetch(from + line, 0, kSecondCache);
}
inline void fetch(const Bfloat16* from, std::int64_t stride) {
  __builtin_prefetch(from, 0, kSecondCache);
  __builtin_prefetch(from + stride, 0, kSecondCache);
}

template <int Rows, class Cell, bool kCopies>
void tile(const TileOperandsOf<Cell>& t) {
  constexpr Whole kWhole;
  constexpr int kRowsEach = TileOperandsOf<Cell>::kRowsEach;
  Vector left[Rows] = {};
  Vector right[Rows] = {};
  const std::int64_t stride = t.a_stride;
  const std::int64_t step = t.a_step;
  if (t.next_c != nullptr) {
    for (int r = 0; r < Rows; ++r) {
      for (int line = 0; line < 2 * kLanes; line += kLineCells)
        __builtin_prefetch(t.next_c + r * t.c_stride + line, 1);
    }
  }
  const auto run = [&](std::int64_t begin, std::int64_t end) {
    const Cell* a = t.a + begin * step;
    const Cell* b = t.b + begin * 2 * kLanes;
    Cell* copies = t.copies + begin * 2 * kLanes;
    const auto* from = t.from + begin * kRowsEach * t.from_stride;
    for (std::int64_t k = begin; k < end; ++k, a += step, b += 2 * kLanes) {
      VectorOf<Cell> b_left, b_right;
      if constexpr (kCopies) {
        fetch(from + kRowsAhead * t.from_stride, t.from_stride);
        b_left = gather(from, t.from_stride);
        b_right = gather(from + kLanes, t.from_stride);
        kWhole.store(copies, b_left);
        kWhole.store(copies + kLanes, b_right);
        from += kRowsEach * t.from_stride;
        copies += 2 * kLanes;
      } else {
        b_left = kWhole.load(b);
        b_right = kWhole.load(b + kLanes);
      }
#pragma GCC unroll 16
      for (int r = 0; r < Rows; ++r) {
        const Cell scale = a[r * stride];
        left[r] = add_product(left[r], scale, b_left);
        right[r] = add_product(right[r], scale, b_right);
      }
    }
  };
  if (t.ahead != nullptr) {
    constexpr std::int64_t kStep = 4;
    const std::int64_t steps = (t.depth + kStep - 1) / kStep;
    const auto each = static_cast<int>((t.ahead->lines + steps - 1) / steps);
    int line = 0;
    for (std::int64_t k = 0; k < t.depth; k += kStep, line += each) {
      const int end = line + each < t.ahead->lines ? line + each : t.ahead->lines;
      for (int i = 0; i < t.ahead->count; ++i)
        for (int l = line; l < end; ++l)
          __builtin_prefetch(t.ahead->runs[i].from + l * t.ahead->runs[i].step, 1, kSecondCache);
      run(k, k + kStep < t.depth ? k + kStep : t.depth);
    }
  } else if (t.next_a == nullptr) {
    run(0, t.depth);
  } else {
    for (std::int64_t k = 0; k < t.depth; k += kLineCells) {
      for (int r = 0; r < Rows; ++r) __builtin_prefetch(t.next_a + r * stride + k);
      run(k, k + kLineCells < t.depth ? k + kLineCells : t.depth);
    }
  }
  float* c = t.c;
  const std::int64_t c_stride = t.c_stride;
  if (t.adds) {
#pragma GCC unroll 16
    for (int r = 0; r < Rows; ++r) {
      left[r] += kWhole.load(c + r * c_stride);
      right[r] += kWhole.load(c + r * c_stride + kLanes);
    }
  }
  if (t.bias != nullptr) {
#pragma GCC unroll 16
    for (int r = 0; r < Rows; ++r) {
      left[r] += kWhole.load(t.bias);
      right[r] += kWhole.load(t.bias + kLanes);
    }
  }
#pragma GCC unroll 16
  for (int r = 0; r < Rows; ++r) {
    kWhole.store(c + r * c_stride, left[r]);
    kWhole.store(c + r * c_stride + kLanes, right[r]);
  }
}

template <int Rows, class Cell>
void tile_of(int rows, const TileOperandsOf<Cell>& t) {
  if constexpr (Rows > 0) {
    if (rows != Rows) return tile_of<Rows - 1>(rows, t);
    t.from == nullptr ? tile<Rows, Cell, false>(t) : tile<Rows, Cell, true>(t);
  }
}

void any_tile(int rows, const TileOperands& t) { tile_of<SVGFUSION_TILE_ROWS>(rows, t); }
void any_pair_tile(int rows, const PairTileOperands& t) { tile_of<SVGFUSION_TILE_ROWS>(rows, t); }

constexpr TileLoops kTileLoops{SVGFUSION_TILE_ROWS, 2 * kLanes, any_tile, any_pair_tile};

}  // namespace
}  // namespace svgfusion::kernels
