// SPDX-License-Identifier: MIT
// Twelve of the sixteen registers hold sums of a tile, two a row of the panel, one a broadcast.
#define SVGFUSION_LANES 8
#define SVGFUSION_TILE_ROWS 6
#include "dot_loops.h"
#include "row_loops.h"
#include "tile_loops.h"

namespace svgfusion::kernels {

InstructionSet avx2_set() { return {kTileLoops, kDotLoops, kRowLoops, false}; }

}  // namespace svgfusion::kernels
