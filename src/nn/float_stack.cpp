// SPDX-License-Identifier: MIT
#include "svgfusion/nn/float_stack.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>

#include "branch_maps.h"
#include "executor.h"
#include "stack_weights.h"
#include "svgfusion/base/error.h"

namespace svgfusion::nn {
namespace {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

struct StackRecord : torch::CustomClassHolder {
  std::vector<Branch> branches;
  std::vector<BranchRecord> of_branches;
  Tensor last_x, last_statistics;
};

// The stack's sizes and pointers, for the kernels. Branch b ends in h; gate 3 b + 2 is its own.
class FloatPasses {
 public:
  FloatPasses(const Tensor& x, const Tensor& modulation, double epsilon, const Tensor& rows = {})
      : modulation_(modulation),
        epsilon_(static_cast<float>(epsilon)),
        sizes_{x.size(0), x.size(1), modulation.stride(0),
               rows.defined() ? rows.const_data_ptr<std::int64_t>() : nullptr} {}

  // The norm before branch b, of x and what branch b - 1 adds.
  void norm(std::size_t b, const Tensor& x, const Tensor& h, const Tensor& sum,
            const Tensor& statistics, const Tensor& y) const {
    kernels::residual_norm(data_of(x), end_of(b, h), part(b, 0), part(b, 1), epsilon_,
                           sum.defined() ? sum.data_ptr<float>() : nullptr,
                           statistics.defined() ? statistics.data_ptr<float>() : nullptr,
                           place_of(y), sizes_, on_threads);
  }

  // Of the same; h and dh undefined for the first.
  void norm_gradient(std::size_t b, bool is_last, const Tensor& up, const Tensor& sum,
                     const Tensor& statistics, const Tensor& h, const Tensor& through,
                     const Tensor& dmodulation, const kernels::Operand& dh) const {
    const auto to = [&](std::int64_t which) {
      return dmodulation.data_ptr<float>() + offset(b, which);
    };
    kernels::residual_norm_gradient(data_of(up), is_last, data_of(sum), data_of(statistics),
                                    part(b, 1), end_of(b, h), through.data_ptr<float>(),
                                    {to(0), to(1), h.defined() ? to(-1) : nullptr, dh}, sizes_,
                                    on_threads);
  }

 private:
  std::int64_t offset(std::size_t b, std::int64_t which) const {
    return (kOfABranch * static_cast<std::int64_t>(b) + which) * sizes_.width;
  }
  const float* part(std::size_t b, std::int64_t which) const {
    return data_of(modulation_) + offset(b, which);
  }
  kernels::FloatBranchEnd end_of(std::size_t b, const Tensor& h) const {
    if (!h.defined()) return {};
    return {data_of(h), part(b, -1)};
  }

  Tensor modulation_;
  float epsilon_;
  kernels::BranchSizes sizes_;
};

Tensor forward_pass(const FloatPasses& passes, const std::vector<Branch>& branches, const Tensor& x,
                    StackRecord* record) {
  const std::int64_t rows = x.size(0), width = x.size(1);
  BranchRecord r;
  r.x = x;
  for (std::size_t b = 0; b <= branches.size(); ++b) {
    const bool is_last = b == branches.size();
    const Tensor before = r.x, h = r.h;
    // Without a record the sum replaces the one before, but for x, which is the caller's.
    const bool is_new = h.defined() && (record != nullptr || b == 1);
    r = {};
    r.x = is_new ? torch::empty_like(x) : before;
    if (record != nullptr) r.statistics = torch::empty({rows, 2}, x.options());
    const Tensor y =
        is_last ? torch::empty_like(x) : empty_operand(branches[b].entry(), rows, width);
    passes.norm(b, before, h, h.defined() ? r.x : Tensor(), r.statistics, y);
    if (is_last) {
      if (record != nullptr) {
        record->last_x = r.x;
        record->last_statistics = r.statistics;
      }
      return y;
    }
    r.into_first = y;
    run_branch(branches[b], r);
    if (record != nullptr) record->of_branches.push_back(r);
  }
  return {};
}

// The gradient of values alone as that of queries, keys and values.
Tensor of_qkv(const Tensor& values) {
  if (!values.defined()) return {};
  auto shape = values.sizes().vec();
  shape[0] *= 3;
  Tensor out = torch::zeros(shape, values.options());
  value_rows(out).copy_(values);
  return out;
}

class FloatStack : public torch::autograd::Function<FloatStack> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& x, const Tensor& modulation,
                        at::TensorList weights, double epsilon) {
    std::vector<StackBlock> blocks;
    for (std::size_t k = 0; k < weights.size(); k += kOfABlock) {
      const Tensor* of = &weights[k];
      blocks.push_back({of[kQkv],
                        of[kQkvBias],
                        of[kOut],
                        of[kOutBias],
                        of[kUp],
                        of[kUpBias],
                        of[kDown],
                        of[kDownBias],
                        {},
                        {}});
    }
    const auto record = c10::make_intrusive<StackRecord>();
    record->branches = branches_of(blocks);
    variable_list saved{x, modulation};  // and weights, which must not change until then
    saved.insert(saved.end(), weights.begin(), weights.end());
    context->save_for_backward(saved);
    context->saved_data["record"] = torch::IValue::make_capsule(record);
    context->saved_data["epsilon"] = epsilon;
    return forward_pass(FloatPasses(x, modulation, epsilon), record->branches, x, record.get());
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const Tensor &x = saved[0], &modulation = saved[1];
    const auto capsule = context->saved_data["record"].toCapsule();
    const auto& record = static_cast<const StackRecord&>(*capsule);
    const FloatPasses passes(x, modulation, context->saved_data["epsilon"].toDouble());
    const Tensor through = torch::empty_like(x), dmodulation = torch::empty_like(modulation);
    const std::size_t count = record.branches.size();
    variable_list out(2 + kOfABlock / 2 * count + 1);
    Tensor up = gradients[0].contiguous();
    for (std::size_t b = count;; --b) {
      const bool is_last = b == count;
      const Tensor& sum = is_last ? record.last_x : record.of_branches[b].x;
      const Tensor& statistics =
          is_last ? record.last_statistics : record.of_branches[b].statistics;
      if (b == 0) {
        passes.norm_gradient(b, is_last, up, sum, statistics, {}, through, dmodulation, {});
        break;
      }
      const Branch& branch = record.branches[b - 1];
      const BranchRecord& r = record.of_branches[b - 1];
      const Tensor dh = torch::empty_like(x);
      const Tensor operand =
          branch.second.is_rounded() ? torch::empty_like(x, torch::kBFloat16) : dh;
      kernels::Operand to = place_of(operand);
      to.numbers = dh.data_ptr<float>();
      passes.norm_gradient(b, is_last, up, sum, statistics, r.h, through, dmodulation, to);
      MapGradients maps;
      up = branch_gradient(branch, r, dh, operand, maps);
      if (!branch.has_gelu) {
        maps.first_weight = of_qkv(maps.first_weight);
        maps.first_bias = of_qkv(maps.first_bias);
      }
      Tensor* to_maps = &out[2 + kOfABlock / 2 * (b - 1)];
      for (const Tensor& t :
           {maps.first_weight, maps.first_bias, maps.second_weight, maps.second_bias})
        *to_maps++ = t;
    }
    out[0] = through;
    out[1] = dmodulation;
    return out;
  }
};

}  // namespace

bool takes_float_stack(const Tensor& x, const std::vector<StackBlock>& blocks, bool trains) {
  if (!x.is_cpu() || !takes_kernels(x)) return false;
  return std::all_of(blocks.begin(), blocks.end(), [&](const StackBlock& b) {
    const bool is_merged = b.merged_weight.defined();
    const Tensor& first = is_merged ? b.merged_weight : b.qkv_weight;
    return !(trains && is_merged) && takes_products(x, first) && takes_products(x, b.out_weight) &&
           takes_products(x, b.up_weight) && takes_products(x, b.down_weight);
  });
}

Tensor float_stack(const Tensor& x, const Tensor& modulation, const std::vector<StackBlock>& blocks,
                   double epsilon, const Tensor& rows) {
  SVGFUSION_CHECK(x.dim() == 2 && modulation.scalar_type() == torch::kFloat &&
                  modulation.is_contiguous());
  const Tensor tokens = x.contiguous();
  if (!at::GradMode::is_enabled())
    return forward_pass(FloatPasses(tokens, modulation, epsilon, rows), branches_of(blocks), tokens,
                        nullptr);
  SVGFUSION_CHECK(!rows.defined());
  const variable_list weights = weights_of(blocks);
  return FloatStack::apply(tokens, modulation, at::TensorList(weights), epsilon);
}

}  // namespace svgfusion::nn
