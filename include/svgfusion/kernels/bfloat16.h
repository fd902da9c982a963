// SPDX-License-Identifier: MIT
// The upper half of a float: 8 exponent bits and 8 significant ones.
#pragma once

#include "svgfusion/kernels/parallel.h"

namespace svgfusion::kernels {

using Bfloat16 = std::uint16_t;

// y [n] = x [n], each to the nearest.
void round_to_bfloat16(const float* x, Bfloat16* y, std::int64_t n, const Parallel& parallel);
// y [R, W] = x [R, W] + bias [W], which may be null.
void widen(const Bfloat16* x, const float* bias, float* y, std::int64_t rows, std::int64_t width,
           const Parallel& parallel);

}  // namespace svgfusion::kernels
