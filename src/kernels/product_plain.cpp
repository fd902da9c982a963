// SPDX-License-Identifier: MIT
// Any processor: sixteen bytes at a time.
#define SVGFUSION_TILE_NAME plain_tiles
#define SVGFUSION_LANES 4
#define SVGFUSION_TILE_ROWS 4
#include "product_tile.h"
