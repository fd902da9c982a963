// SPDX-License-Identifier: MIT
#include "tiles.h"

#include <algorithm>
#include <cstring>
#include <type_traits>
#include <utility>
#include <vector>

namespace svgfusion::kernels {
namespace {

// Calls body(width of a panel) with a constant, so that the copies in it are a few instructions.
template <class Body>
void with_width(const Body& body) {
  switch (tiles().columns) {
    case 32:
      return body(std::integral_constant<std::int64_t, 32>());
    case 16:
      return body(std::integral_constant<std::int64_t, 16>());
    default:
      return body(std::integral_constant<std::int64_t, 8>());
  }
}

// So much of a panel stays in the first cache beside what else is read.
constexpr std::int64_t kDepth = 128;

constexpr std::int64_t kGrainFlops = 1 << 17;

}  // namespace

std::int64_t grain_for(std::int64_t flops_each) {
  return std::max<std::int64_t>(1, kGrainFlops / std::max<std::int64_t>(1, flops_each));
}

float* scratch(int use, std::int64_t size) {
  thread_local std::vector<float> buffers[kScratchUses];
  std::vector<float>& buffer = buffers[use];
  if (static_cast<std::int64_t>(buffer.size()) < size)
    buffer.resize(static_cast<std::size_t>(size));
  return buffer.data();
}

void pack_columns(const float* from, std::int64_t stride, std::int64_t rows, std::int64_t columns,
                  std::int64_t first, float* panel) {
  with_width([&](auto width) {
    const std::int64_t count = std::min<std::int64_t>(width, columns - first);
    const float* row = from + first;
    if (count == width) {
      for (std::int64_t r = 0; r < rows; ++r, row += stride, panel += width)
        std::memcpy(panel, row, width * sizeof(float));
      return;
    }
    for (std::int64_t r = 0; r < rows; ++r, row += stride, panel += width) {
      std::copy_n(row, count, panel);
      std::fill(panel + count, panel + width, 0.0F);
    }
  });
}

void pack_panels(const float* from, std::int64_t stride, std::int64_t rows, std::int64_t columns,
                 std::int64_t begin, std::int64_t end, float* panels) {
  with_width([&](auto width) {
    const std::int64_t whole = std::min(end, columns / width);
    for (std::int64_t r = 0; r < rows; ++r) {
      const float* row = from + r * stride;
      for (std::int64_t p = begin; p < whole; ++p)
        std::memcpy(panels + ((p - begin) * rows + r) * width, row + p * width,
                    width * sizeof(float));
    }
    if (whole < end)
      pack_columns(from, stride, rows, columns, whole * width,
                   panels + (whole - begin) * rows * width);
  });
}

void pack_rows(const float* from, std::int64_t stride, std::int64_t rows, std::int64_t columns,
               std::int64_t first, float* panel) {
  with_width([&](auto width) {
    const std::int64_t count = std::min<std::int64_t>(width, rows - first);
    const float* column = from + first * stride;
    if (count < width) std::fill(panel, panel + columns * width, 0.0F);
    for (std::int64_t r = 0; r < count; ++r)
      for (std::int64_t c = 0; c < columns; ++c) panel[c * width + r] = column[r * stride + c];
  });
}

void multiply_whole(std::int64_t rows, const TileOperands& t) {
  const TileLoops& set = tiles();
  for (std::int64_t k = 0; k < t.depth; k += kDepth) {
    TileOperands part = t;
    part.a += k;
    part.b += k * set.columns;
    part.depth = std::min(kDepth, t.depth - k);
    part.adds = t.adds || k > 0;
    if (t.next_a != nullptr) part.next_a += k;
    if (k > 0) part.next_c = nullptr;
    set.multiply(static_cast<int>(rows), part);
  }
}

void multiply(std::int64_t rows, TileOperands t, std::int64_t columns) {
  const TileLoops& set = tiles();
  if (columns >= set.columns) return multiply_whole(rows, t);
  float whole[12 * 32];
  float* c = std::exchange(t.c, whole);
  const std::int64_t stride = std::exchange(t.c_stride, set.columns);
  const bool adds = std::exchange(t.adds, false);
  t.next_c = nullptr;
  multiply_whole(rows, t);
  for (std::int64_t r = 0; r < rows; ++r) {
    for (std::int64_t i = 0; i < columns; ++i) {
      float& to = c[r * stride + i];
      to = adds ? to + whole[r * set.columns + i] : whole[r * set.columns + i];
    }
  }
}

void multiply_panel(std::int64_t rows, const TileOperands& t, std::int64_t columns) {
  const std::int64_t step = tiles().rows;
  for (std::int64_t r = 0; r < rows; r += step) {
    TileOperands part = t;
    part.a += r * t.a_stride;
    part.c += r * t.c_stride;
    multiply(std::min(step, rows - r), part, columns);
  }
}

}  // namespace svgfusion::kernels
