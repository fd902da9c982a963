// SPDX-License-Identifier: MIT
// Products of small blocks of matrices, out of the tiles of the processor's instruction set.
#pragma once

#include "instruction_set.h"

namespace svgfusion::kernels {

inline const TileLoops& tiles() { return best_set().tiles; }

inline std::int64_t parts(std::int64_t count, std::int64_t size) {
  return (count + size - 1) / size;
}

// Columns that a thread sums at once: whole cache lines of each row.
inline constexpr std::int64_t kColumnBlock = 64;

// The least range of `Parallel` whose parts cost so many operations each: below it a thread costs
// more than it does.
std::int64_t grain_for(std::int64_t flops_each);

// Memory of a thread that grows and stays; `use` tells the buffers of one call apart.
inline constexpr int kScratchUses = 8;
float* scratch(int use, std::int64_t size);

// A panel holds a tile's columns of a matrix without gaps, [rows, tiles().columns], zero past the
// matrix's end. `from` is row-major, its rows `stride` apart.
// Columns [first, ...) of a matrix [rows, columns].
void pack_columns(const float* from, std::int64_t stride, std::int64_t rows, std::int64_t columns,
                  std::int64_t first, float* panel);
// The same of panels [begin, end), one after the other, reading row by row.
void pack_panels(const float* from, std::int64_t stride, std::int64_t rows, std::int64_t columns,
                 std::int64_t begin, std::int64_t end, float* panels);
// Rows [first, ...) of a matrix [rows, columns] as the columns of a panel.
void pack_rows(const float* from, std::int64_t stride, std::int64_t rows, std::int64_t columns,
               std::int64_t first, float* panel);

// One tile of whole columns, and one of which only `columns` exist in c; at most tiles().rows rows.
void multiply_whole(std::int64_t rows, const TileOperands& operands);
void multiply(std::int64_t rows, TileOperands operands, std::int64_t columns);

// Any number of rows of a times one panel, of which `columns` columns exist in c.
void multiply_panel(std::int64_t rows, const TileOperands& operands, std::int64_t columns);

}  // namespace svgfusion::kernels
