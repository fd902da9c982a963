// SPDX-License-Identifier: MIT
#include "svgfusion/nn/modulated_stack.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>

#include "executor.h"
#include "linear_products.h"
#include "rounded_products.h"
#include "stack_weights.h"
#include "svgfusion/base/error.h"
#include "svgfusion/kernels/branch.h"
#include "svgfusion/nn/gradient_places.h"
#include "svgfusion/nn/precision.h"
#include "svgfusion/nn/rounded_weights.h"

namespace svgfusion::nn {
namespace {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// Branch b reads y[b] and ends in h[b]; between them is v[b / 2] of attention, or pre and act of
// feed-forward. The sum before norm b is sums[b - 1], the stack's input where b is 0.
struct Record {
  Tensor sums;         // [2 L, R, W] f32
  Tensor statistics;   // [2 L + 1, R, 2] f32
  Tensor y, h;         // [2 L + 1, R, W], [2 L, R, W]
  Tensor v, pre, act;  // [L, R, W], [L, R, F], [L, R, F]

  Record(const Tensor& x, std::int64_t blocks, std::int64_t inner) {
    const std::int64_t rows = x.size(0), width = x.size(1);
    const auto rounded = x.options().dtype(torch::kBFloat16);
    sums = torch::empty({2 * blocks, rows, width}, x.options());
    statistics = torch::empty({2 * blocks + 1, rows, 2}, x.options());
    y = torch::empty({2 * blocks + 1, rows, width}, rounded);
    h = torch::empty({2 * blocks, rows, width}, rounded);
    v = torch::empty({blocks, rows, width}, rounded);
    pre = torch::empty({blocks, rows, inner}, rounded);
    act = torch::empty({blocks, rows, inner}, rounded);
  }
  explicit Record(const Tensor* from)
      : sums(from[0]),
        statistics(from[1]),
        y(from[2]),
        h(from[3]),
        v(from[4]),
        pre(from[5]),
        act(from[6]) {}
  static constexpr std::size_t kTensors = 7;
  void append_to(variable_list& list) const {
    for (const Tensor& t : {sums, statistics, y, h, v, pre, act}) list.push_back(t);
  }
  // What branch `parity` of every block read: [L, R, W].
  Tensor inputs(std::int64_t parity) const { return of_blocks(y, parity); }
  static Tensor of_blocks(const Tensor& of_branches, std::int64_t parity) {
    const std::int64_t blocks = of_branches.size(0) / 2;
    return of_branches.narrow(0, 0, 2 * blocks).unflatten(0, {blocks, 2}).select(1, parity);
  }
};

void product_into(const Tensor& out, const Tensor& x, const Tensor& weight) {
  count_product(x.size(0), weight);
  Tensor to = out;
  at::mm_out(to, x, weight.t());
}

void input_gradient_into(const Tensor& out, const Tensor& up, const Tensor& weight) {
  count_product(up.size(0), weight);
  Tensor to = out;
  at::mm_out(to, up, weight);
}

// The stack's sizes and pointers, for the kernels.
class Passes {
 public:
  Passes(const Tensor& x, const Tensor& modulation, const Tensor* weights, const Record& record,
         double epsilon)
      : x_(x),
        modulation_(modulation),
        weights_(weights),
        record_(record),
        epsilon_(static_cast<float>(epsilon)),
        sizes_{x.size(0), x.size(1), modulation.stride(0)} {}

  // The norm before branch b, and what ends branch b - 1.
  void norm(std::int64_t b) const {
    const Tensor y = record_.y[b], statistics = record_.statistics[b];
    run_kernel(x_, [&](const auto& executor) {
      kernels::residual_norm(
          sum_before(b - 1), end_of(b - 1), part(modulation_, b, 0), part(modulation_, b, 1),
          epsilon_, b == 0 ? nullptr : record_.sums[b - 1].data_ptr<float>(),
          statistics.data_ptr<float>(), writable_rounded_data_of(y), sizes_, executor);
    });
  }

  void norm_gradient(std::int64_t b, const Tensor& up, const Tensor& through, const Tensor& dh,
                     const Tensor& dmodulation) const {
    const bool is_last = b == record_.y.size(0) - 1;
    const kernels::BranchGradients to{part(dmodulation, b, 0), part(dmodulation, b, 1),
                                      b == 0 ? nullptr : part(dmodulation, b - 1, 2),
                                      b == 0 ? nullptr : writable_rounded_data_of(dh)};
    run_kernel(x_, [&](const auto& executor) {
      kernels::residual_norm_gradient(
          rounded_data_of(up), is_last, sum_before(b), data_of(record_.statistics[b]),
          part(modulation_, b, 1), end_of(b - 1), through.data_ptr<float>(), to, sizes_, executor);
    });
  }

 private:
  // What the norm of branch b normalises, or a branch adds to.
  const float* sum_before(std::int64_t b) const {
    return b <= 0 ? data_of(x_) : data_of(record_.sums[b - 1]);
  }
  kernels::BranchEnd end_of(std::int64_t b) const {
    if (b < 0) return {};
    const Tensor& bias =
        weights_[kOfABlock * static_cast<std::size_t>(b / 2) + (b % 2 == 0 ? kOutBias : kDownBias)];
    return {rounded_data_of(record_.h[b]), data_of(bias), part(modulation_, b, 2)};
  }
  kernels::Bfloat16* part(const Tensor& modulation, std::int64_t b, std::int64_t which) const {
    return writable_rounded_data_of(modulation) + (kOfABranch * b + which) * sizes_.width;
  }

  const Tensor& x_;
  const Tensor& modulation_;
  const Tensor* weights_;
  const Record& record_;
  float epsilon_;
  kernels::BranchSizes sizes_;
};

class ModulatedStack : public torch::autograd::Function<ModulatedStack> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& x, const Tensor& modulation,
                        at::TensorList weights, double epsilon) {
    const auto blocks = static_cast<std::int64_t>(weights.size() / kOfABlock);
    const Record record(x, blocks, weights[kUp].size(0));
    const Passes passes(x, modulation, weights.data(), record, epsilon);
    variable_list used;
    for (std::int64_t k = 0; k < blocks; ++k) {
      const Tensor* of = &weights[kOfABlock * static_cast<std::size_t>(k)];
      const auto rounded = [&](OfBlock which) {
        used.push_back(RoundedWeights::of(of[which]));
        return used.back();
      };
      passes.norm(2 * k);
      const Tensor values = value_rows(rounded(kQkv));
      count_product(x.size(0), values);
      Tensor v = record.v[k];
      at::addmm_out(v, value_rows(RoundedWeights::of(of[kQkvBias])), record.y[2 * k], values.t());
      product_into(record.h[2 * k], v, rounded(kOut));
      passes.norm(2 * k + 1);
      const Tensor pre = record.pre[k], act = record.act[k];
      product_into(pre, record.y[2 * k + 1], rounded(kUp));
      run_kernel(x, [&](const auto& executor) {
        kernels::bias_gelu(rounded_data_of(pre), data_of(of[kUpBias]),
                           writable_rounded_data_of(act), pre.size(0), pre.size(1), executor);
      });
      product_into(record.h[2 * k + 1], act, rounded(kDown));
    }
    passes.norm(2 * blocks);
    variable_list saved{x, modulation};
    record.append_to(saved);
    saved.insert(saved.end(), weights.begin(), weights.end());
    saved.insert(saved.end(), used.begin(), used.end());
    context->save_for_backward(saved);
    context->saved_data["epsilon"] = epsilon;
    return record.y[2 * blocks];
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const Tensor &x = saved[0], &modulation = saved[1];
    const Record record(&saved[2]);
    const std::int64_t blocks = record.v.size(0);
    const Tensor* weights = &saved[2 + Record::kTensors];
    const Tensor* used = weights + kOfABlock * static_cast<std::size_t>(blocks);
    const Passes passes(x, modulation, weights, record, context->saved_data["epsilon"].toDouble());
    const auto of_block = [&](std::int64_t k, std::size_t which) {
      constexpr std::size_t kProducts = 4;
      return used[kProducts * static_cast<std::size_t>(k) + which];
    };
    const Tensor through = torch::empty_like(x), dmodulation = torch::empty_like(modulation);
    const Tensor dh = torch::empty_like(record.h), dv = torch::empty_like(record.v);
    const Tensor dpre = torch::empty_like(record.pre), dact = torch::empty_like(record.act[0]);
    Tensor up = gradients[0].contiguous();
    const Tensor dy = torch::empty_like(up);
    for (std::int64_t b = 2 * blocks; b >= 0; --b) {
      const Tensor of_h = b == 0 ? Tensor() : dh[b - 1];
      passes.norm_gradient(b, up, through, of_h, dmodulation);
      if (b == 0) break;
      const std::int64_t k = (b - 1) / 2;
      if (b % 2 == 0) {
        const Tensor pre = record.pre[k], of_pre = dpre[k];
        input_gradient_into(dact, of_h, of_block(k, 3));
        run_kernel(x, [&](const auto& executor) {
          kernels::bias_gelu_gradient(
              rounded_data_of(dact), rounded_data_of(pre),
              data_of(weights[kOfABlock * static_cast<std::size_t>(k) + kUpBias]),
              writable_rounded_data_of(of_pre), pre.size(0), pre.size(1), executor);
        });
        input_gradient_into(dy, of_pre, of_block(k, 2));
      } else {
        input_gradient_into(dv[k], of_h, of_block(k, 1));
        input_gradient_into(dy, dv[k], value_rows(of_block(k, 0)));
      }
      up = dy;
    }
    variable_list out{through, dmodulation};
    out.resize(2 + kOfABlock * static_cast<std::size_t>(blocks));
    const WeightGradients to{weights, blocks, &out[2]};
    const Tensor dh_attention = Record::of_blocks(dh, 0),
                 dh_feed_forward = Record::of_blocks(dh, 1);
    to.write(kQkv, kQkvBias, dv, record.inputs(0));
    to.write(kOut, kOutBias, dh_attention, record.v);
    to.write(kUp, kUpBias, dpre, record.inputs(1));
    to.write(kDown, kDownBias, dh_feed_forward, record.act);
    out.emplace_back();  // epsilon
    return out;
  }

 private:
  // Gradients of one kind of weights in all blocks at once.
  struct WeightGradients {
    const Tensor* weights;
    std::int64_t blocks;
    Tensor* out;

    // up [L, R, O], x [L, R, I]
    void write(OfBlock weight, OfBlock bias, const Tensor& up, const Tensor& x) const {
      count_product(blocks * up.size(1), weights[weight].narrow(0, 0, up.size(2)));
      Tensor to = gradients_of(weight, up.size(2));
      if (to.is_cuda()) {
        at::bmm_out(to, up.transpose(1, 2), x, torch::kFloat);
      } else {
        to.copy_(up.transpose(1, 2).to(torch::kFloat).bmm(x.to(torch::kFloat)));
      }
      Tensor sums = gradients_of(bias, up.size(2));
      at::sum_out(sums, up, {1}, false, torch::kFloat);
    }

    // Room for the gradients [L, rows, ..] of the last `rows` rows; those before are never written
    // and stay zero.
    Tensor gradients_of(OfBlock which, std::int64_t rows) const {
      std::vector<Tensor> of_kind;
      for (std::size_t k = 0; k < static_cast<std::size_t>(blocks); ++k)
        of_kind.push_back(weights[kOfABlock * k + which]);
      Tensor all = GradientPlaces::take(of_kind);
      if (!all.defined()) {
        auto sizes = of_kind[0].sizes().vec();
        sizes.insert(sizes.begin(), blocks);
        all = torch::zeros(sizes, of_kind[0].options());
      }
      for (std::int64_t k = 0; k < blocks; ++k)
        out[kOfABlock * static_cast<std::size_t>(k) + which] = all[k];
      const std::int64_t unused = all.size(1) - rows;
      return all.narrow(1, unused, rows);
    }
  };
};

}  // namespace

bool takes_stack(const Tensor& x, const std::vector<StackBlock>& blocks, bool trains) {
  const std::int64_t width = x.size(-1);
  if (!x.is_cuda() || !takes_kernels(x) || width % kernels::kBranchWidth != 0 ||
      width > kernels::kLargestBranchWidth ||
      (trains && product_precision() != Precision::kBfloat16))
    return false;
  const auto is_readable = [](const Tensor& bias) {
    constexpr std::uintptr_t kAlignment = 16;  // bytes
    return bias.is_contiguous() && bias.numel() % 4 == 0 &&
           reinterpret_cast<std::uintptr_t>(bias.data_ptr()) % kAlignment == 0;
  };
  return std::all_of(blocks.begin(), blocks.end(), [&](const StackBlock& b) {
    const auto type = trains ? torch::kFloat : torch::kBFloat16;
    const bool is_merged = b.merged_weight.defined();
    return trains != is_merged && b.up_weight.scalar_type() == type && is_readable(b.up_bias) &&
           is_readable(b.down_bias) && is_readable(is_merged ? b.merged_bias : b.out_bias);
  });
}

Tensor modulated_stack(const Tensor& x, const Tensor& modulation,
                       const std::vector<StackBlock>& blocks, double epsilon) {
  SVGFUSION_CHECK(x.dim() == 2 && modulation.scalar_type() == torch::kBFloat16 &&
                  modulation.stride(1) == 1);
  const variable_list weights = weights_of(blocks);
  return ModulatedStack::apply(x.contiguous(), modulation, at::TensorList(weights), epsilon);
}

}  // namespace svgfusion::nn
