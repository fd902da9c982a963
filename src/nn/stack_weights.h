// SPDX-License-Identifier: MIT
// The weights of a stack's blocks (modulated_stack.h) as autograd functions take them: one list.
#pragma once

#include <torch/csrc/autograd/variable.h>

#include "svgfusion/nn/modulated_stack.h"

namespace svgfusion::nn {

inline constexpr std::int64_t kOfABranch = 3;  // shift, scale, gate
inline constexpr std::size_t kOfABlock = 8;    // weights and biases
enum OfBlock { kQkv, kQkvBias, kOut, kOutBias, kUp, kUpBias, kDown, kDownBias };

inline torch::autograd::variable_list weights_of(const std::vector<StackBlock>& blocks) {
  torch::autograd::variable_list weights;
  for (const StackBlock& b : blocks)
    for (const torch::Tensor* t : {&b.qkv_weight, &b.qkv_bias, &b.out_weight, &b.out_bias,
                                   &b.up_weight, &b.up_bias, &b.down_weight, &b.down_bias})
      weights.push_back(*t);
  return weights;
}

// Of weights or biases of queries, keys and values the last third.
inline torch::Tensor value_rows(const torch::Tensor& qkv) {
  const std::int64_t width = qkv.size(0) / 3;
  return qkv.narrow(0, 2 * width, width);
}

}  // namespace svgfusion::nn
