// SPDX-License-Identifier: MIT
// The two operations by which a condition acts on a DiT block (Peebles and Xie 2023, section 3.2),
// with their gradients. B samples of T tokens of width W; a sample's tokens share a row of the
// condition's matrices, which have U rows: one a sample, or those that `rows` i64 [B] names.
#pragma once

#include <torch/types.h>

namespace svgfusion::nn {

// norm(x) (1 + scale) + shift: x [B, T, W], shift and scale [U, W].
torch::Tensor modulated_norm(const torch::Tensor& x, const torch::Tensor& shift,
                             const torch::Tensor& scale, double epsilon,
                             const torch::Tensor& rows = {});

// x + gate h: x and h [B, T, W], gate [U, W].
torch::Tensor gated_residual(const torch::Tensor& x, const torch::Tensor& gate,
                             const torch::Tensor& h, const torch::Tensor& rows = {});

}  // namespace svgfusion::nn
