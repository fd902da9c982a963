// SPDX-License-Identifier: MIT
// Bias and GELU in one pass, in the form with tanh (Hendrycks and Gimpel, "Gaussian Error Linear
// Units", 2016): gelu(v) = v / (1 + exp(-2 u)), u = sqrt(2/pi) (v + 0.044715 v^3).
#pragma once

#include "svgfusion/kernels/parallel.h"

namespace svgfusion::kernels {

inline constexpr float kGelu = 1.5957691216F;  // 2 sqrt(2 / pi)
inline constexpr float kGeluCubic = 0.044715F;

// x [R, W], bias [W] -> y = gelu(x + bias)
void bias_gelu(const float* x, const float* bias, float* y, std::int64_t rows, std::int64_t width,
               const Parallel& parallel);
// For the gradient `up` of y: dx [R, W] and dbias [W].
void bias_gelu_gradient(const float* up, const float* x, const float* bias, float* dx, float* dbias,
                        std::int64_t rows, std::int64_t width, const Parallel& parallel);

}  // namespace svgfusion::kernels
