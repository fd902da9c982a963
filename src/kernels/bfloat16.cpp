// SPDX-License-Identifier: MIT
#include "svgfusion/kernels/bfloat16.h"

#include <algorithm>

#include "tiles.h"

namespace svgfusion::kernels {

void round_to_bfloat16(const float* x, Bfloat16* y, std::int64_t n, const Parallel& parallel) {
  constexpr std::int64_t kRun = 1 << 14;
  parallel(parts(n, kRun), 4, [&](std::int64_t begin, std::int64_t end) {
    const std::int64_t first = begin * kRun;
    best_set().rows.round(x + first, y + first, std::min(end * kRun, n) - first);
  });
}

void widen(const Bfloat16* x, const float* bias, float* y, std::int64_t rows, std::int64_t width,
           const Parallel& parallel) {
  parallel(rows, grain_for(kFlopsOfACopy * width), [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t r = begin; r < end; ++r)
      best_set().rows.widen(x + r * width, bias, y + r * width, width);
  });
}

}  // namespace svgfusion::kernels
