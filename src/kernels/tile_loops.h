// SPDX-License-Identifier: MIT
// The innermost loop of all products: c = a b for a few rows of a and a panel of b, held in
// registers (the register tile of Goto and van de Geijn, "Anatomy of High-Performance Matrix
// Multiplication", 2008). SVGFUSION_TILE_ROWS says how many rows the registers hold.
#pragma once

#include "instruction_set.h"
#include "vector.h"

namespace svgfusion::kernels {
namespace {

constexpr int kLineFloats = 16;  // of a cache line

template <int Rows>
void tile(const TileOperands& t) {
  constexpr Whole kWhole;
  Vector left[Rows] = {};
  Vector right[Rows] = {};
  const std::int64_t stride = t.a_stride;
  if (t.next_c != nullptr) {
    for (int r = 0; r < Rows; ++r) {
      for (int line = 0; line < 2 * kLanes; line += kLineFloats)
        __builtin_prefetch(t.next_c + r * t.c_stride + line, 1);
    }
  }
  const auto run = [&](std::int64_t begin, std::int64_t end) {
    const float* a = t.a + begin;
    const float* b = t.b + begin * 2 * kLanes;
    for (std::int64_t k = begin; k < end; ++k, ++a, b += 2 * kLanes) {
      const Vector b_left = kWhole.load(b);
      const Vector b_right = kWhole.load(b + kLanes);
#pragma GCC unroll 16
      for (int r = 0; r < Rows; ++r) {
        const float scale = a[r * stride];
        left[r] += scale * b_left;
        right[r] += scale * b_right;
      }
    }
  };
  if (t.next_a == nullptr) {
    run(0, t.depth);
  } else {
    for (std::int64_t k = 0; k < t.depth; k += kLineFloats) {
      for (int r = 0; r < Rows; ++r) __builtin_prefetch(t.next_a + r * stride + k);
      run(k, k + kLineFloats < t.depth ? k + kLineFloats : t.depth);
    }
  }
  float* c = t.c;
  const std::int64_t c_stride = t.c_stride;
#pragma GCC unroll 16
  for (int r = 0; r < Rows; ++r) {
    float* row = c + r * c_stride;
    kWhole.store(row, t.adds ? left[r] + kWhole.load(row) : left[r]);
    kWhole.store(row + kLanes, t.adds ? right[r] + kWhole.load(row + kLanes) : right[r]);
  }
}

template <int Rows>
void tile_of(int rows, const TileOperands& t) {
  if constexpr (Rows > 0) {
    if (rows == Rows) return tile<Rows>(t);
    tile_of<Rows - 1>(rows, t);
  }
}

void any_tile(int rows, const TileOperands& t) { tile_of<SVGFUSION_TILE_ROWS>(rows, t); }

constexpr TileLoops kTileLoops{SVGFUSION_TILE_ROWS, 2 * kLanes, any_tile};

}  // namespace
}  // namespace svgfusion::kernels
