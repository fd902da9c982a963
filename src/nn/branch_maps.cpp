// SPDX-License-Identifier: MIT
#include "branch_maps.h"

#include <ATen/ATen.h>

#include "executor.h"
#include "rounded_products.h"
#include "stack_weights.h"

namespace svgfusion::nn {

using torch::Tensor;

std::vector<Branch> branches_of(const std::vector<StackBlock>& blocks) {
  std::vector<Branch> out;
  for (const StackBlock& b : blocks) {
    if (b.merged_weight.defined()) {
      out.push_back({std::nullopt, {}, LinearProducts(b.merged_weight), b.merged_bias, false});
    } else {
      out.push_back({LinearProducts(value_rows(b.qkv_weight)), value_rows(b.qkv_bias),
                     LinearProducts(b.out_weight), b.out_bias, false, b.qkv_weight.requires_grad(),
                     b.out_weight.requires_grad()});
    }
    out.push_back({LinearProducts(b.up_weight), b.up_bias, LinearProducts(b.down_weight),
                   b.down_bias, true, b.up_weight.requires_grad(), b.down_weight.requires_grad()});
  }
  return out;
}

Tensor empty_operand(const LinearProducts& next, std::int64_t rows, std::int64_t width) {
  return torch::empty({rows, width}, next.is_rounded() ? torch::kBFloat16 : torch::kFloat);
}
kernels::Operand place_of(const Tensor& t) {
  if (t.scalar_type() == torch::kBFloat16) return {nullptr, writable_rounded_data_of(t)};
  return {t.data_ptr<float>(), nullptr};
}

void run_branch(const Branch& branch, BranchRecord& r) {
  if (!branch.first) {
    r.h = branch.second.product(r.into_first, branch.second_bias);
    return;
  }
  if (branch.has_gelu) {
    r.inner = branch.first->product(r.into_first, std::nullopt);
    r.into_second = empty_operand(branch.second, r.inner.size(0), r.inner.size(1));
    kernels::bias_gelu(data_of(r.inner), data_of(branch.first_bias), place_of(r.into_second),
                       r.inner.size(0), r.inner.size(1), on_threads);
  } else {
    r.into_second = branch.second.operand(branch.first->product(r.into_first, branch.first_bias));
  }
  r.h = branch.second.product(r.into_second, branch.second_bias);
}

Tensor branch_gradient(const Branch& branch, const BranchRecord& r, const Tensor& dh,
                       const Tensor& operand, MapGradients& out) {
  out.second_bias = bias_gradient(dh);
  if (branch.second_trains)
    out.second_weight = branch.second.weight_gradient(operand, r.into_second);
  const Tensor up = branch.second.input_gradient(operand);
  Tensor inner;
  if (branch.has_gelu) {
    inner = empty_operand(*branch.first, up.size(0), up.size(1));
    out.first_bias = torch::empty({up.size(1)}, up.options());
    kernels::bias_gelu_gradient(data_of(up), data_of(r.inner), data_of(branch.first_bias),
                                place_of(inner), out.first_bias.data_ptr<float>(), up.size(0),
                                up.size(1), on_threads);
  } else {
    inner = branch.first->operand(up);
    out.first_bias = bias_gradient(up);
  }
  if (branch.first_trains) out.first_weight = branch.first->weight_gradient(inner, r.into_first);
  return branch.first->input_gradient(inner);
}

}  // namespace svgfusion::nn
