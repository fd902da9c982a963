// SPDX-License-Identifier: MIT
// Twenty-four of the thirty-two registers hold sums.
#define SVGFUSION_TILE_NAME avx512_tiles
#define SVGFUSION_LANES 16
#define SVGFUSION_TILE_ROWS 12
#include "product_tile.h"
