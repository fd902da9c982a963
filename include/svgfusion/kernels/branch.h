// SPDX-License-Identifier: MIT
// What stands between the products of the denoiser's blocks when it trains in bfloat16 with one
// token a sample: what one branch adds, and the norm before the next, in one pass over memory.
// Products read and write bfloat16; the sum along the blocks, x, stays float32.
//
// R samples of width W, a multiple of kBranchWidth up to kLargestBranchWidth. Modulation is
// adaptive layer norm's (modulation.h): the rows of shift, scale and gate are `stride` apart.
#pragma once

#include "svgfusion/kernels/bfloat16.h"
#include "svgfusion/kernels/parallel.h"

namespace svgfusion::kernels {

inline constexpr std::int64_t kBranchWidth = 128;
inline constexpr std::int64_t kLargestBranchWidth = 8 * kBranchWidth;

struct BranchSizes {
  std::int64_t samples = 0;  // R
  std::int64_t width = 0;    // W
  std::int64_t stride = 0;   // of modulation, forward and of its gradients
  // The row of modulation of each sample [R], where samples share rows; null: its own. Not for
  // gradients.
  const std::int64_t* rows = nullptr;
};

// The branch before a norm: it adds gate (h + bias). Without one, `h` is null.
struct BranchEnd {
  const Bfloat16* h = nullptr;     // [R, W]
  const float* bias = nullptr;     // [W]
  const Bfloat16* gate = nullptr;  // [R, W], by rows
};

// sum = x + gate (h + bias), y = norm(sum) (1 + scale) + shift. Without a branch the sum is x and
// not written; it may also be x's own memory. `statistics` [R, 2]: mean and 1 / deviation.
void residual_norm(const float* x, const BranchEnd& branch, const Bfloat16* shift,
                   const Bfloat16* scale, float epsilon, float* sum, float* statistics, Bfloat16* y,
                   const BranchSizes& sizes, const Parallel& parallel);

struct BranchGradients {
  Bfloat16* shift = nullptr;  // [R, W], by rows, as scale and gate
  Bfloat16* scale = nullptr;
  Bfloat16* gate = nullptr;  // with a branch, as h
  Bfloat16* h = nullptr;     // [R, W]
};
// For the gradient `up` of y. `through` is the gradient of the sum by what comes after this norm
// along the blocks, and becomes the whole gradient of the sum, which is also that of x; where
// `is_last`, nothing comes after and it need not be set.
void residual_norm_gradient(const Bfloat16* up, bool is_last, const float* sum,
                            const float* statistics, const Bfloat16* scale, const BranchEnd& branch,
                            float* through, const BranchGradients& gradients,
                            const BranchSizes& sizes, const Parallel& parallel);

// y = gelu(x + bias) (activation.h): x, y [R, W], W a multiple of 4.
void bias_gelu(const Bfloat16* x, const float* bias, Bfloat16* y, std::int64_t rows,
               std::int64_t width, const Parallel& parallel);
// For the gradient `up` of y: that of x, whose sum over rows is that of bias.
void bias_gelu_gradient(const Bfloat16* up, const Bfloat16* x, const float* bias, Bfloat16* dx,
                        std::int64_t rows, std::int64_t width, const Parallel& parallel);

}  // namespace svgfusion::kernels
