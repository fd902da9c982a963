// SPDX-License-Identifier: MIT
// One branch of a DiT block (Peebles and Xie 2023, figure 3, adaLN-Zero): two linear maps between a
// modulated norm and a gated residual. B samples of T tokens of width W, inner width F; the rows of
// shift, scale and gate are as in modulation.h.
#pragma once

#include <torch/types.h>

namespace svgfusion::nn {

struct Modulation {
  torch::Tensor shift, scale, gate;  // [U, W]
};

struct BranchMaps {
  torch::Tensor first_weight, first_bias;    // [F, W], [F]
  torch::Tensor second_weight, second_bias;  // [W, F], [W]
  bool has_gelu = false;                     // between the two; in the form with tanh
};

// x + gate second(gelu(first(norm(x) (1 + scale) + shift))), x [B, T, W]. On a CPU all of it is one
// operation with a gradient of its own: with few rows, a tenth of a training step would otherwise
// go into bookkeeping between small operations, while all threads but one wait.
torch::Tensor modulated_branch(const torch::Tensor& x, const Modulation& modulation,
                               const BranchMaps& maps, double epsilon,
                               const torch::Tensor& rows = {});

}  // namespace svgfusion::nn
