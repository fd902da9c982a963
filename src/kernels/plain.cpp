// SPDX-License-Identifier: MIT
// Any processor: sixteen bytes at a time.
#define SVGFUSION_LANES 4
#define SVGFUSION_TILE_ROWS 4
#include "dot_loops.h"
#include "row_loops.h"
#include "tile_loops.h"

namespace svgfusion::kernels {

InstructionSet plain_set() { return {kTileLoops, kDotLoops, kRowLoops, false}; }

}  // namespace svgfusion::kernels
