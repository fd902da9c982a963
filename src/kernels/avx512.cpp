// SPDX-License-Identifier: MIT
// Twenty-four of the thirty-two registers hold sums of a tile.
#define SVGFUSION_LANES 16
#define SVGFUSION_TILE_ROWS 12
#include "dot_loops.h"
#include "row_loops.h"
#include "tile_loops.h"

namespace svgfusion::kernels {

InstructionSet avx512_set() { return {kTileLoops, kDotLoops, kRowLoops, false}; }

}  // namespace svgfusion::kernels
