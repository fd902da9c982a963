// SPDX-License-Identifier: MIT
// AVX-512 with products of pairs in bfloat16.
#define SVGFUSION_LANES 16
#define SVGFUSION_TILE_ROWS 12
#include "dot_loops.h"
#include "row_loops.h"
#include "tile_loops.h"

namespace svgfusion::kernels {

InstructionSet avx512_bf16_set() { return {kTileLoops, kDotLoops, kRowLoops, true}; }

}  // namespace svgfusion::kernels
