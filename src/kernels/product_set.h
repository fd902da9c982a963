// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace svgfusion::kernels {

// c [rows, columns] = a [rows, depth] b [depth, columns], b without gaps; added to c where `adds`.
struct TileOperands {
  const float* a;
  std::int64_t a_stride;  // between rows
  const float* b;
  std::int64_t depth;
  float* c;
  std::int64_t c_stride;
  bool adds = false;
};

// The tile of one instruction set.
struct TileSet {
  int rows;     // at most
  int columns;  // always
  void (*multiply)(int rows, const TileOperands& operands);
};

TileSet plain_tiles();
TileSet avx2_tiles();
TileSet avx512_tiles();

}  // namespace svgfusion::kernels
