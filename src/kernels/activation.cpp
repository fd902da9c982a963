// SPDX-License-Identifier: MIT
#include "svgfusion/kernels/activation.h"

#include <algorithm>

#include "tiles.h"

namespace svgfusion::kernels {
namespace {

constexpr std::int64_t kFlopsEach = 24;  // about, of a number

}  // namespace

void bias_gelu(const float* x, const float* bias, float* y, std::int64_t rows, std::int64_t width,
               const Parallel& parallel) {
  parallel(rows, grain_for(kFlopsEach * width), [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t r = begin; r < end; ++r)
      best_set().rows.bias_gelu(x + r * width, bias, y + r * width, width);
  });
}

// By columns, so that one thread sums a bias's gradient.
void bias_gelu_gradient(const float* up, const float* x, const float* bias, float* dx, float* dbias,
                        std::int64_t rows, std::int64_t width, const Parallel& parallel) {
  parallel(parts(width, kColumnBlock), grain_for(kFlopsEach * rows * kColumnBlock),
           [&](std::int64_t begin, std::int64_t end) {
             const std::int64_t first = begin * kColumnBlock;
             const std::int64_t count = std::min(end * kColumnBlock, width) - first;
             std::fill_n(dbias + first, count, 0.0F);
             for (std::int64_t r = 0; r < rows; ++r) {
               const std::int64_t at = r * width + first;
               best_set().rows.bias_gelu_gradient(up + at, x + at, bias + first, dx + at,
                                                  dbias + first, count);
             }
           });
}

}  // namespace svgfusion::kernels
