// SPDX-License-Identifier: MIT
// Products of small blocks of matrices, out of the tiles of the processor's instruction set. A cell
// is a float or a Pair.
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
inline constexpr std::int64_t kFlopsOfACopy = 8;  // as long as copying a number takes

// Rows of an even number of numbers, as they lie in memory.
inline const Pair* as_pairs(const Bfloat16* numbers) {
  return reinterpret_cast<const Pair*>(numbers);
}

// Memory of a thread that grows and stays; `use` tells the buffers of one call apart.
inline constexpr int kScratchUses = 8;
template <class Cell = float>
Cell* scratch(int use, std::int64_t size);

// A panel holds a tile's columns of a matrix without gaps, [rows, tiles().columns], zero past the
// matrix's end. `from` is row-major, its rows `stride` apart.
// Columns [first, ...) of a matrix [rows, columns].
template <class Cell>
void pack_columns(const Cell* from, std::int64_t stride, std::int64_t rows, std::int64_t columns,
                  std::int64_t first, Cell* panel);
// Rows [first, ...) of a matrix [rows, columns] as the columns of a panel.
template <class Cell>
void pack_rows(const Cell* from, std::int64_t stride, std::int64_t rows, std::int64_t columns,
               std::int64_t first, Cell* panel);

// to [columns, rows] = the transpose of from [rows, columns]
template <class Cell>
void transpose(const Cell* from, std::int64_t from_stride, std::int64_t rows, std::int64_t columns,
               Cell* to, std::int64_t to_stride);

// So much of a panel stays in the first cache beside what else is read.
inline constexpr std::int64_t kTileDepth = 128;

// One tile of whole columns, and one of which only `columns` exist in c; at most tiles().rows rows.
template <class Cell>
void multiply_whole(std::int64_t rows, const TileOperandsOf<Cell>& operands);
template <class Cell>
void multiply(std::int64_t rows, const TileOperandsOf<Cell>& operands, std::int64_t columns);

// Any number of rows of a times one panel, of which `columns` columns exist in c.
void multiply_panel(std::int64_t rows, const TileOperands& operands, std::int64_t columns);

}  // namespace svgfusion::kernels
