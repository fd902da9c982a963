// SPDX-License-Identifier: MIT
// What adaptive layer norm adds to a transformer block (Peebles and Xie, "Scalable Diffusion Models
// with Transformers", 2023, section 3.2), each in one pass over its operands.
//
// B samples of T tokens of width W, float32; all of a sample's tokens share a row of shift, scale
// and gate, whose rows are `*_stride` apart, so that they may be slices of one matrix.
#pragma once

#include "svgfusion/kernels/parallel.h"

namespace svgfusion::kernels {

struct TokenSizes {
  std::int64_t samples = 0;  // B
  std::int64_t tokens = 0;   // T
  std::int64_t width = 0;    // W
  // The row of shift, scale and gate of each sample [B], where samples share rows; null: its own.
  // Not for gradients.
  const std::int64_t* rows = nullptr;
};

// y = norm(x) (1 + scale) + shift, where norm makes every token's mean 0 and variance 1.
// `statistics` [B T, 2] receives each token's mean and 1 / deviation, for the gradient; may be
// null.
void modulated_norm(const float* x, const float* shift, std::int64_t shift_stride,
                    const float* scale, std::int64_t scale_stride, float epsilon, float* y,
                    float* statistics, const TokenSizes& sizes, const Parallel& parallel);
// For the gradient `up` of y: dx [B, T, W], dshift and dscale [B, W].
void modulated_norm_gradient(const float* up, const float* x, const float* scale,
                             std::int64_t scale_stride, const float* statistics, float* dx,
                             float* dshift, float* dscale, const TokenSizes& sizes,
                             const Parallel& parallel);

// y = x + gate h
void gated_residual(const float* x, const float* gate, std::int64_t gate_stride, const float* h,
                    float* y, const TokenSizes& sizes, const Parallel& parallel);
// dgate [B, W], dh [B, T, W]; that of x is `up` itself.
void gated_residual_gradient(const float* up, const float* gate, std::int64_t gate_stride,
                             const float* h, float* dgate, float* dh, const TokenSizes& sizes,
                             const Parallel& parallel);

}  // namespace svgfusion::kernels
