// SPDX-License-Identifier: MIT
// A copy of all weights in bfloat16, kept beside them, so that products in bfloat16 (precision.h)
// need not round the weights anew each time.
#pragma once

#include <torch/types.h>

namespace svgfusion::nn {

// Until its end, `linear` takes the rounded form of weights that lie in `values` f32 [n] from
// `rounded` bf16 [n], which must hold the same numbers. One at a time; inert where they are
// undefined.
class RoundedWeights {
 public:
  RoundedWeights(const torch::Tensor& values, const torch::Tensor& rounded);
  ~RoundedWeights();
  RoundedWeights(const RoundedWeights&) = delete;
  RoundedWeights& operator=(const RoundedWeights&) = delete;

  // `weight` in bfloat16: its part of the copy, or rounded now.
  static torch::Tensor of(const torch::Tensor& weight);

 private:
  torch::Tensor values_, rounded_;
};

}  // namespace svgfusion::nn
