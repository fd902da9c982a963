// SPDX-License-Identifier: MIT
// All blocks of a denoiser of one token, and the norm behind them, as one operation in bfloat16
// (precision.h): products read and write bfloat16, what stands between them runs in one pass
// (kernels/branch.h), and the gradients of the weights of all blocks are a few batched products. On
// a GPU a step of a small batch costs what its launches cost, and this has a third of them.
#pragma once

#include <torch/types.h>

#include <vector>

namespace svgfusion::nn {

// Of one block of width W and inner width F. Only the last W rows of qkv, those of values, are
// used: one token attends to itself alone.
struct StackBlock {
  torch::Tensor qkv_weight, qkv_bias;    // [3 W, W], [3 W]
  torch::Tensor out_weight, out_bias;    // [W, W], [W]
  torch::Tensor up_weight, up_bias;      // [F, W], [F]
  torch::Tensor down_weight, down_bias;  // [W, F], [W]
  // For inference: values and output as one map; undefined in training.
  torch::Tensor merged_weight, merged_bias;  // [W, W], [W]
};

// Whether the functions below take rows like x [R, W] f32 with these blocks: by kernels of our own,
// on a GPU; to train (the first) in bfloat16, else (the second) where the weights are bfloat16.
bool takes_stack(const torch::Tensor& x, const std::vector<StackBlock>& blocks, bool trains);

// x [R, W] f32, modulation [R, (6 L + 2) W] bf16: shift, scale and gate of each branch, shift and
// scale of the last norm -> the modulated last norm [R, W] bf16. `block` computes
// modulated_branch (modulated_branch.h) of attention, then of feed-forward with GELU.
torch::Tensor modulated_stack(const torch::Tensor& x, const torch::Tensor& modulation,
                              const std::vector<StackBlock>& blocks, double epsilon);

// The same without gradients, of blocks whose weights are bfloat16 and merged (FrozenDenoiser). The
// rows of modulation [U, ..] that samples use are `rows` i64 [R], or their own where it is
// undefined.
torch::Tensor frozen_stack(const torch::Tensor& x, const torch::Tensor& modulation,
                           const torch::Tensor& rows, const std::vector<StackBlock>& blocks,
                           double epsilon);

}  // namespace svgfusion::nn
