// SPDX-License-Identifier: MIT
// What stands between the products of the denoiser's blocks on a CPU, with one token a sample:
// branch.h for products whose results are float32, their bias added, and whose operands may be
// bfloat16. All else is float32. For CPUs alone.
#pragma once

#include "svgfusion/kernels/branch.h"

namespace svgfusion::kernels {

// Where numbers go that the next product takes: as they are, rounded, or both.
struct Operand {
  float* numbers = nullptr;
  Bfloat16* rounded = nullptr;
};

// The branch before a norm: it adds gate h. Without one, `h` is null.
struct FloatBranchEnd {
  const float* h = nullptr;     // [R, W]
  const float* gate = nullptr;  // [R, W], by rows
};

// sum = x + gate h, y = norm(sum) (1 + scale) + shift. Without a branch the sum is x and not
// written; it may also be x's own memory. `statistics` [R, 2]: mean and 1 / deviation; may be null.
void residual_norm(const float* x, const FloatBranchEnd& branch, const float* shift,
                   const float* scale, float epsilon, float* sum, float* statistics,
                   const Operand& y, const BranchSizes& sizes, const Parallel& parallel);

struct FloatBranchGradients {
  float* shift = nullptr;  // [R, W], by rows, as scale and gate
  float* scale = nullptr;
  float* gate = nullptr;  // with a branch, as h
  Operand h;              // [R, W], its numbers in any case
};
// For the gradient `up` of y; `through` and `is_last` as in branch.h.
void residual_norm_gradient(const float* up, bool is_last, const float* sum,
                            const float* statistics, const float* scale,
                            const FloatBranchEnd& branch, float* through,
                            const FloatBranchGradients& gradients, const BranchSizes& sizes,
                            const Parallel& parallel);

// y = gelu(x + bias) (activation.h): x, y [R, W].
void bias_gelu(const float* x, const float* bias, const Operand& y, std::int64_t rows,
               std::int64_t width, const Parallel& parallel);
// For the gradient `up` of y: that of x, and that of bias [W].
void bias_gelu_gradient(const float* up, const float* x, const float* bias, const Operand& dx,
                        float* dbias, std::int64_t rows, std::int64_t width,
                        const Parallel& parallel);

}  // namespace svgfusion::kernels
