// SPDX-License-Identifier: MIT
#pragma once

#include <torch/nn/modules/linear.h>
#include <torch/types.h>

#include <string>

namespace svgfusion::nn {

// x W^T + b with its gradients, [.., in] -> [.., out]; `bias` may be undefined. On a CPU in float32
// the products go to oneDNN, which is up to twice as fast there as the default library; elsewhere
// this is at::linear.
torch::Tensor linear(const torch::Tensor& x, const torch::Tensor& weight,
                     const torch::Tensor& bias);
inline torch::Tensor linear(const torch::nn::Linear& layer, const torch::Tensor& x) {
  return linear(x, layer->weight, layer->bias);
}

// How float32 products are computed on this process's devices: "fp32" exactly, "bf16" from operands
// rounded to bfloat16, with sums in float32. Process-wide.
void set_product_precision(const std::string& name);

}  // namespace svgfusion::nn
