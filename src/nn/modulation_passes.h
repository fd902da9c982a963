// SPDX-License-Identifier: MIT
// Forward and backward passes of modulation (modulation.h) and of bias and GELU (activation.h) by
// kernels of our own, for autograd functions. All operands are contiguous but for shift, scale and
// gate, whose rows are.
#pragma once

#include <torch/types.h>

namespace svgfusion::nn {

// A matrix whose rows are without gaps: itself, where it is a slice of a wider one.
torch::Tensor with_whole_rows(const torch::Tensor& t);

struct NormPass {
  torch::Tensor y;           // [B, T, W]
  torch::Tensor statistics;  // [B T, 2], where a gradient is wanted
};
NormPass norm_pass(const torch::Tensor& x, const torch::Tensor& shift, const torch::Tensor& scale,
                   double epsilon, bool needs_gradient, const torch::Tensor& rows = {});
struct NormGradients {
  torch::Tensor x, shift, scale;
};
NormGradients norm_gradients(const torch::Tensor& up, const torch::Tensor& x,
                             const torch::Tensor& scale, const torch::Tensor& statistics);

torch::Tensor residual_pass(const torch::Tensor& x, const torch::Tensor& gate,
                            const torch::Tensor& h, const torch::Tensor& rows = {});
// That of x is `up`.
struct ResidualGradients {
  torch::Tensor gate, h;
};
ResidualGradients residual_gradients(const torch::Tensor& up, const torch::Tensor& gate,
                                     const torch::Tensor& h);

torch::Tensor gelu_pass(const torch::Tensor& x, const torch::Tensor& bias);
struct GeluGradients {
  torch::Tensor x, bias;
};
GeluGradients gelu_gradients(const torch::Tensor& up, const torch::Tensor& x,
                             const torch::Tensor& bias);

}  // namespace svgfusion::nn
