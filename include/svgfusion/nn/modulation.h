// SPDX-License-Identifier: MIT
// The two operations by which a condition acts on a DiT block (Peebles and Xie 2023, section 3.2),
// with their gradients. B samples of T tokens of width W; a sample's tokens share a row.
#pragma once

#include <torch/types.h>

namespace svgfusion::nn {

// norm(x) (1 + scale) + shift: x [B, T, W], shift and scale [B, W].
torch::Tensor modulated_norm(const torch::Tensor& x, const torch::Tensor& shift,
                             const torch::Tensor& scale, double epsilon);

// x + gate h: x and h [B, T, W], gate [B, W].
torch::Tensor gated_residual(const torch::Tensor& x, const torch::Tensor& gate,
                             const torch::Tensor& h);

}  // namespace svgfusion::nn
