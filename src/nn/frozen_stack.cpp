// SPDX-License-Identifier: MIT
#include <ATen/ATen.h>

#include "executor.h"
#include "linear_products.h"
#include "rounded_products.h"
#include "svgfusion/base/error.h"
#include "svgfusion/kernels/branch.h"
#include "svgfusion/nn/modulated_stack.h"

namespace svgfusion::nn {
namespace {

using torch::Tensor;

// Every step overwrites what the one before has read.
class FrozenPasses {
 public:
  FrozenPasses(const Tensor& x, const Tensor& modulation, const Tensor& rows, double epsilon)
      : modulation_(modulation),
        sum_(x.contiguous()),
        next_(torch::empty_like(sum_)),
        statistics_(torch::empty({x.size(0), 2}, x.options())),
        y_(torch::empty(x.sizes(), x.options().dtype(torch::kBFloat16))),
        h_(torch::empty_like(y_)),
        epsilon_(static_cast<float>(epsilon)),
        sizes_{x.size(0), x.size(1), modulation.stride(0),
               rows.defined() ? rows.const_data_ptr<std::int64_t>() : nullptr} {}

  // What the next branch reads, after the branch before has ended in `h` + `bias`.
  const Tensor& norm(const Tensor& bias = {}) {
    const kernels::BranchEnd end =
        bias.defined() ? kernels::BranchEnd{rounded_data_of(h_), data_of(bias), part(-1)}
                       : kernels::BranchEnd{};
    run_kernel(sum_, [&](const auto& executor) {
      kernels::residual_norm(data_of(sum_), end, part(0), part(1), epsilon_,
                             next_.data_ptr<float>(), statistics_.data_ptr<float>(),
                             writable_rounded_data_of(y_), sizes_, executor);
    });
    if (bias.defined()) sum_ = next_;  // in place from now on: x itself stays
    chunk_ += 3;
    return y_;
  }

  void end_branch(const Tensor& x, const Tensor& weight) {
    count_product(x.size(0), weight);
    at::mm_out(h_, x, weight.t());
  }

 private:
  // Shift and scale of the coming norm are parts 0 and 1; the gate before it is part -1.
  const kernels::Bfloat16* part(std::int64_t which) const {
    return rounded_data_of(modulation_) + (chunk_ + which) * sizes_.width;
  }

  Tensor modulation_, sum_, next_, statistics_, y_, h_;
  float epsilon_;
  kernels::BranchSizes sizes_;
  std::int64_t chunk_ = 0;
};

}  // namespace

Tensor frozen_stack(const Tensor& x, const Tensor& modulation, const Tensor& rows,
                    const std::vector<StackBlock>& blocks, double epsilon) {
  SVGFUSION_CHECK(x.dim() == 2 && modulation.scalar_type() == torch::kBFloat16 &&
                  modulation.stride(1) == 1);
  FrozenPasses passes(x, modulation, rows, epsilon);
  Tensor bias;  // of the branch before
  for (const StackBlock& block : blocks) {
    passes.end_branch(passes.norm(bias), block.merged_weight);
    const Tensor& y = passes.norm(block.merged_bias);
    count_product(y.size(0), block.up_weight);
    const Tensor inner = at::mm(y, block.up_weight.t());
    run_kernel(x, [&](const auto& executor) {
      kernels::bias_gelu(rounded_data_of(inner), data_of(block.up_bias),
                         writable_rounded_data_of(inner), inner.size(0), inner.size(1), executor);
    });
    passes.end_branch(inner, block.down_weight);
    bias = block.down_bias;
  }
  return passes.norm(bias);
}

}  // namespace svgfusion::nn
