// SPDX-License-Identifier: MIT
// Twelve of the sixteen registers hold sums, two a row of the panel, one a broadcast.
#define SVGFUSION_TILE_NAME avx2_tiles
#define SVGFUSION_LANES 8
#define SVGFUSION_TILE_ROWS 6
#include "product_tile.h"
