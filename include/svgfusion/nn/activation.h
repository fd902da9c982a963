// SPDX-License-Identifier: MIT
#pragma once

#include <torch/types.h>

namespace svgfusion::nn {

// gelu(x + bias) in the form with tanh (Hendrycks and Gimpel, 2016), with its gradients:
// x [.., W], bias [W].
torch::Tensor bias_gelu(const torch::Tensor& x, const torch::Tensor& bias);

}  // namespace svgfusion::nn
