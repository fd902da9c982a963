// SPDX-License-Identifier: MIT
// One update by AdamW: of parts of a flat buffer on the CPU, of all of it on a GPU.
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

// `gradient`, contiguous, is that of values [offset, offset + its size). Returns the sum of its
// squares, scaled as the rule says.
double adamw(const FlatState& state, std::int64_t offset, const torch::Tensor& gradient,
             const kernels::AdamW& rule);
double adamw(const FlatState& state, const LateGradient& gradient, const kernels::AdamW& rule);
// Of values [begin, end), whose gradient is zero and always was.
void adamw_without_gradient(const FlatState& state, std::int64_t begin, std::int64_t end,
                            const kernels::AdamW& rule);

// Whether FlatUpdate may take it: it lies on a GPU, for which this build has kernels of our own in
// use.
bool takes_flat_updates(const FlatState& state);

// Updates on a GPU, whose norm, clipping and count stay there (kernels/cuda.h).
class FlatUpdate {
 public:
  // What a step needs from outside and leaves behind, scalars f32 of the device.
  struct Scalars {
    const torch::Tensor &rate, &forgets;
    const torch::Tensor &updates, &skipped, &gradient_norm;
  };
  // `gradients` f32 [n]; the first `decayed` values decay.
  void run(const FlatState& state, const torch::Tensor& gradients, std::int64_t decayed,
           const kernels::AdamW& rule, double clip_norm, const Scalars& scalars);

 private:
  torch::Tensor partial_sums_, factors_;
};

}  // namespace svgfusion::nn
