// SPDX-License-Identifier: MIT
// The innermost loop of all products, compiled once for each instruction set: c = a b for a few
// rows of a and a panel of b, held in registers (the register tile of Goto and van de Geijn,
// "Anatomy of High-Performance Matrix Multiplication", 2008). Each file that includes this defines
// SVGFUSION_TILE_NAME, SVGFUSION_LANES (floats in a register) and SVGFUSION_TILE_ROWS.
#include <cstdint>
#include <cstring>

#include "product_set.h"

namespace svgfusion::kernels {
namespace {

constexpr int kLanes = SVGFUSION_LANES;
constexpr int kRows = SVGFUSION_TILE_ROWS;
typedef float Vector __attribute__((vector_size(kLanes * sizeof(float))));

inline Vector load(const float* from) {
  Vector out;
  std::memcpy(&out, from, sizeof out);
  return out;
}

inline void store(float* to, Vector value) { std::memcpy(to, &value, sizeof value); }

template <int Rows>
void tile(const TileOperands& t) {
  Vector left[Rows] = {};
  Vector right[Rows] = {};
  const float* a = t.a;
  const float* b = t.b;
  const std::int64_t stride = t.a_stride;
  for (std::int64_t k = 0; k < t.depth; ++k, ++a, b += 2 * kLanes) {
    const Vector b_left = load(b);
    const Vector b_right = load(b + kLanes);
#pragma GCC unroll 16
    for (int r = 0; r < Rows; ++r) {
      const float scale = a[r * stride];
      left[r] += scale * b_left;
      right[r] += scale * b_right;
    }
  }
  float* c = t.c;
  const std::int64_t c_stride = t.c_stride;
#pragma GCC unroll 16
  for (int r = 0; r < Rows; ++r) {
    float* row = c + r * c_stride;
    store(row, t.adds ? left[r] + load(row) : left[r]);
    store(row + kLanes, t.adds ? right[r] + load(row + kLanes) : right[r]);
  }
}

template <int Rows>
void tile_of(int rows, const TileOperands& t) {
  if constexpr (Rows > 0) {
    if (rows == Rows) return tile<Rows>(t);
    tile_of<Rows - 1>(rows, t);
  }
}

void any_tile(int rows, const TileOperands& t) { tile_of<kRows>(rows, t); }

}  // namespace

TileSet SVGFUSION_TILE_NAME() { return {kRows, 2 * kLanes, any_tile}; }

}  // namespace svgfusion::kernels
