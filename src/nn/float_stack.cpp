// SPDX-License-Identifier: MIT
#include "svgfusion/nn/float_stack.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>

#include "executor.h"
#include "linear_products.h"
#include "rounded_products.h"
#include "svgfusion/base/error.h"
#include "svgfusion/kernels/float_branch.h"
#include "svgfusion/nn/precision.h"

namespace svgfusion::nn {
namespace {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr std::int64_t kOfABranch = 3;  // shift, scale, gate
constexpr std::size_t kOfABlock = 8;    // weights and biases
enum OfBlock { kQkv, kQkvBias, kOut, kOutBias, kUp, kUpBias, kDown, kDownBias };

Tensor value_rows(const Tensor& qkv) {
  const std::int64_t width = qkv.size(0) / 3;
  return qkv.narrow(0, 2 * width, width);
}

// The two linear maps of a branch. Merged ones are the second alone.
struct Branch {
  std::optional<LinearProducts> first;
  Tensor first_bias;
  LinearProducts second;
  Tensor second_bias;
  bool has_gelu;
  bool first_trains = false, second_trains = false;

  const LinearProducts& entry() const { return first ? *first : second; }
};

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

// Rows that the next product takes: rounded where it takes them so.
Tensor empty_operand(const LinearProducts& next, std::int64_t rows, std::int64_t width) {
  return torch::empty({rows, width}, next.is_rounded() ? torch::kBFloat16 : torch::kFloat);
}
kernels::Operand place_of(const Tensor& t) {
  if (t.scalar_type() == torch::kBFloat16) return {nullptr, writable_rounded_data_of(t)};
  return {t.data_ptr<float>(), nullptr};
}

// What the gradient of a branch needs. x is what the norm before it takes.
struct BranchRecord {
  Tensor x, statistics, into_first, inner, into_second, h;
};

struct StackRecord : torch::CustomClassHolder {
  std::vector<Branch> branches;
  std::vector<BranchRecord> of_branches;
  Tensor last_x, last_statistics;
};

// The stack's sizes and pointers, for the kernels. Branch b ends in h; gate 3 b + 2 is its own.
class Passes {
 public:
  Passes(const Tensor& x, const Tensor& modulation, double epsilon, const Tensor& rows = {})
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

// into_first -> h
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

Tensor forward_pass(const Passes& passes, const std::vector<Branch>& branches, const Tensor& x,
                    StackRecord* record) {
  const std::int64_t rows = x.size(0), width = x.size(1);
  BranchRecord r;
  r.x = x;
  for (std::size_t b = 0; b <= branches.size(); ++b) {
    const bool is_last = b == branches.size();
    const Tensor before = r.x, h = r.h;
    // Without a record the sum replaces the one before, but for x, which is the caller's.
    const bool is_new = h.defined() && (record != nullptr || b == 1);
    r = {is_new ? torch::empty_like(x) : before, {}, {}, {}, {}, {}};
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

// Where the gradients of a branch's maps go; of the weights only those that are not kept as
// products (late_gradients.h).
struct MapGradients {
  Tensor first_weight, first_bias, second_weight, second_bias;
};

// The gradient dh of h, as numbers and as an operand -> the gradient of into_first.
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
    return forward_pass(Passes(x, modulation, epsilon), record->branches, x, record.get());
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const Tensor &x = saved[0], &modulation = saved[1];
    const auto capsule = context->saved_data["record"].toCapsule();
    const auto& record = static_cast<const StackRecord&>(*capsule);
    const Passes passes(x, modulation, context->saved_data["epsilon"].toDouble());
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

bool takes_float_stack(const Tensor& x, const std::vector<StackBlock>& blocks) {
  if (!x.is_cpu() || !takes_kernels(x)) return false;
  return std::all_of(blocks.begin(), blocks.end(), [&](const StackBlock& b) {
    const Tensor& first = b.merged_weight.defined() ? b.merged_weight : b.qkv_weight;
    return takes_products(x, first) && takes_products(x, b.out_weight) &&
           takes_products(x, b.up_weight) && takes_products(x, b.down_weight);
  });
}

Tensor float_stack(const Tensor& x, const Tensor& modulation, const std::vector<StackBlock>& blocks,
                   double epsilon, const Tensor& rows) {
  SVGFUSION_CHECK(x.dim() == 2 && modulation.scalar_type() == torch::kFloat &&
                  modulation.stride(1) == 1);
  const Tensor tokens = x.contiguous();
  if (!at::GradMode::is_enabled())
    return forward_pass(Passes(tokens, modulation, epsilon, rows), branches_of(blocks), tokens,
                        nullptr);
  SVGFUSION_CHECK(!rows.defined());
  variable_list weights;
  for (const StackBlock& b : blocks)
    for (const Tensor* t : {&b.qkv_weight, &b.qkv_bias, &b.out_weight, &b.out_bias, &b.up_weight,
                            &b.up_bias, &b.down_weight, &b.down_bias})
      weights.push_back(*t);
  return FloatStack::apply(tokens, modulation, at::TensorList(weights), epsilon);
}

}  // namespace svgfusion::nn
