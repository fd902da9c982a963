// SPDX-License-Identifier: MIT
// One update by AdamW of parts of a flat buffer, on the CPU.
#pragma once

#include <torch/types.h>

#include "svgfusion/kernels/adamw.h"
#include "svgfusion/nn/late_gradients.h"

namespace svgfusion::nn {

// f32 [n], contiguous, and `rounded`, the values in bf16; `average`, the moving average, and
// `rounded` may be undefined.
struct FlatState {
  torch::Tensor values, first_moment, second_moment, average, rounded;
};
// Whether the functions below may take it: it lies on a CPU and kernels of our own are in use.
bool takes_updates(const FlatState& state);

// `gradient`, contiguous, is that of values [offset, offset + its size).
void adamw(const FlatState& state, std::int64_t offset, const torch::Tensor& gradient,
           const kernels::AdamW& rule);
void adamw(const FlatState& state, const LateGradient& gradient, const kernels::AdamW& rule);
// Of values [begin, end), whose gradient is zero and always was.
void adamw_without_gradient(const FlatState& state, std::int64_t begin, std::int64_t end,
                            const kernels::AdamW& rule);

}  // namespace svgfusion::nn
