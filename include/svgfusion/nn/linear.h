// SPDX-License-Identifier: MIT
#pragma once

#include <torch/nn/modules/linear.h>
#include <torch/types.h>

namespace svgfusion::nn {

// x W^T + b with its gradients, [.., in] -> f32 [.., out]; `bias` may be undefined. On a CPU in
// float32 the product goes to the engine (product_engines.h) that suits its size; elsewhere this is
// at::linear. Where products are in bfloat16 x may be so already.
torch::Tensor linear(const torch::Tensor& x, const torch::Tensor& weight,
                     const torch::Tensor& bias);
inline torch::Tensor linear(const torch::nn::Linear& layer, const torch::Tensor& x) {
  return linear(x, layer->weight, layer->bias);
}

// The same with results in bfloat16, x f32 [R, in] -> bf16 [R, out], where products are in bfloat16
// (precision.h); their gradient is rounded, too.
torch::Tensor rounded_linear(const torch::nn::Linear& layer, const torch::Tensor& x);

// Floating-point operations of all products of this process so far, forward and backward (those of
// LibTorch's own backward pass are counted with the forward one).
std::int64_t product_flops();

}  // namespace svgfusion::nn
