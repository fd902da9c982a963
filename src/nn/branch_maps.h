// SPDX-License-Identifier: MIT
// A branch on a CPU between its norm and its gate: two linear maps and what is between them,
// forward and backward (modulated_branch.h, float_stack.h).
#pragma once

#include <torch/types.h>

#include <optional>
#include <vector>

#include "linear_products.h"
#include "svgfusion/kernels/float_branch.h"
#include "svgfusion/nn/modulated_stack.h"

namespace svgfusion::nn {

// The two linear maps of a branch. Merged ones are the second alone.
struct Branch {
  std::optional<LinearProducts> first;
  torch::Tensor first_bias;
  LinearProducts second;
  torch::Tensor second_bias;
  bool has_gelu;
  bool first_trains = false, second_trains = false;

  const LinearProducts& entry() const { return first ? *first : second; }
};

// Attention and feed-forward of each block.
std::vector<Branch> branches_of(const std::vector<StackBlock>& blocks);

// Rows that the next product takes: rounded where it takes them so.
torch::Tensor empty_operand(const LinearProducts& next, std::int64_t rows, std::int64_t width);
kernels::Operand place_of(const torch::Tensor& operand);

// What the gradient of a branch needs, R rows of width W, inner width F.
struct BranchRecord {
  torch::Tensor x, statistics;            // [R, W], [R, 2]: what the norm before it takes and finds
  torch::Tensor into_first, into_second;  // operands [R, W], [R, W or F]
  torch::Tensor inner;                    // [R, F], before bias and GELU; undefined without
  torch::Tensor h;                        // [R, W]
};

// into_first -> h
void run_branch(const Branch& branch, BranchRecord& record);

// Gradients of a branch's weights and biases. Undefined for weights that do not train or whose
// products are kept (late_gradients.h).
struct MapGradients {
  torch::Tensor first_weight, first_bias, second_weight, second_bias;
};
// The gradient dh of h, as numbers and as an operand -> the gradient of into_first.
torch::Tensor branch_gradient(const Branch& branch, const BranchRecord& record,
                              const torch::Tensor& dh, const torch::Tensor& operand,
                              MapGradients& out);

}  // namespace svgfusion::nn
