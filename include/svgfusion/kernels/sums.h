// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "svgfusion/kernels/parallel.h"

namespace svgfusion::kernels {

struct Span {
  const float* x = nullptr;
  std::int64_t count = 0;
};

// Sum of squares of all numbers, in double.
double square_sum(const std::vector<Span>& spans, const Parallel& parallel);

// x [R, W] -> sums [W] of its columns, over rows from first to last.
void column_sum(const float* x, float* sums, std::int64_t rows, std::int64_t width,
                const Parallel& parallel);

}  // namespace svgfusion::kernels
