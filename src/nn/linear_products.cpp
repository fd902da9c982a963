// SPDX-License-Identifier: MIT
#include "linear_products.h"

#include <ATen/ATen.h>

#include <atomic>

#include "executor.h"
#include "rounded_products.h"
#include "svgfusion/nn/gradient_places.h"
#include "svgfusion/nn/late_gradients.h"
#include "svgfusion/nn/linear.h"
#include "svgfusion/nn/packed_weights.h"
#include "svgfusion/nn/precision.h"
#include "svgfusion/nn/product_engines.h"
#include "svgfusion/nn/rounded_weights.h"

namespace svgfusion::nn {
namespace {

std::atomic<std::int64_t> total_flops{0};

// Of a product and of the gradient of its input.
Engine engine_for(std::int64_t rows) {
  if (rows <= kFewRows && is_available(Engine::kKernels)) return Engine::kKernels;
  return is_available(Engine::kOneDnn) ? Engine::kOneDnn : Engine::kLibtorch;
}

// Beyond few rows the default library is the fastest here, but for wide inputs.
Engine engine_for_weight_gradient(const torch::Tensor& up, const torch::Tensor& x) {
  if (up.size(0) <= kFewRows && is_available(Engine::kKernels)) return Engine::kKernels;
  const bool is_wide = x.size(1) > up.size(1);
  return is_wide && is_available(Engine::kOneDnn) ? Engine::kOneDnn : Engine::kLibtorch;
}

// a b in float32, of operands in bfloat16. LibTorch has it in one launch on a GPU alone.
torch::Tensor float_product(const torch::Tensor& a, const torch::Tensor& b) {
  return a.is_cuda() ? at::mm(a, b, torch::kFloat) : a.mm(b).to(torch::kFloat);
}

}  // namespace

std::int64_t product_flops() { return total_flops.load(std::memory_order_relaxed); }

void count_product(std::int64_t rows, const torch::Tensor& weight) {
  total_flops.fetch_add(2 * rows * weight.numel(), std::memory_order_relaxed);
}

bool takes_products(const torch::Tensor& x, const torch::Tensor& weight) {
  if (weight.scalar_type() == torch::kBFloat16) return true;  // round_weights
  if (x.scalar_type() == torch::kBFloat16) return product_precision() == Precision::kBfloat16;
  if (x.scalar_type() != torch::kFloat || weight.scalar_type() != torch::kFloat) return false;
  return product_precision() == Precision::kBfloat16 || (x.is_cpu() && takes_kernels(x));
}

torch::Tensor as_rows(const torch::Tensor& x) {
  return x.dim() == 2 ? x.contiguous() : x.reshape({-1, x.size(-1)}).contiguous();
}

torch::Tensor bias_gradient(const torch::Tensor& up) {
  return up.is_cpu() ? column_sum(up) : up.sum(0);
}

torch::Tensor rounded_bias_gradient(const torch::Tensor& bias, const torch::Tensor& up) {
  torch::Tensor out = GradientPlaces::take(bias);
  if (!out.defined()) return up.sum({0}, false, torch::kFloat);
  at::sum_out(out, up, {0}, false, torch::kFloat);
  return out;
}

LinearProducts::LinearProducts(const torch::Tensor& weight)
    : weight_(weight),
      used_((product_precision() == Precision::kBfloat16 ? RoundedWeights::of(weight) : weight)
                .contiguous()) {}

torch::Tensor LinearProducts::operand(const torch::Tensor& rows) const {
  return is_rounded() ? to_bfloat16(rows) : rows;
}

torch::Tensor LinearProducts::product(const torch::Tensor& x,
                                      const std::optional<torch::Tensor>& bias) const {
  count_product(x.size(0), used_);
  if (auto y = PackedWeights::product(x, used_, bias)) return *y;
  if (!is_rounded()) return nn::product(engine_for(x.size(0)), x, used_, bias);
  if (takes_rounded_kernels(x, used_)) return nn::rounded_product(x, used_, bias);
  if (!x.is_cuda()) return to_float(at::linear(x, used_), bias);
  auto y = float_product(x, used_.t());
  return bias ? y.add_(*bias) : y;
}

torch::Tensor LinearProducts::rounded_product(const torch::Tensor& x,
                                              const torch::Tensor& bias) const {
  count_product(x.size(0), used_);
  return at::addmm(RoundedWeights::of(bias), x, used_.t());
}

torch::Tensor LinearProducts::input_gradient(const torch::Tensor& up) const {
  count_product(up.size(0), used_);
  if (!is_rounded()) return nn::input_gradient(engine_for(up.size(0)), up, used_);
  if (takes_rounded_kernels(up, used_)) return rounded_input_gradient(up, used_);
  return float_product(up, used_);
}

torch::Tensor LinearProducts::weight_gradient(const torch::Tensor& up,
                                              const torch::Tensor& x) const {
  count_product(up.size(0), used_);
  if (is_rounded()) {
    if (auto place = GradientPlaces::take(weight_); place.defined()) {
      at::mm_out(place, up.t(), x, torch::kFloat);
      return place;
    }
    if (!takes_rounded_kernels(x, used_)) return float_product(up.t(), x);
    if (LateGradients::keep(weight_, up, x)) return {};
    return rounded_weight_gradient(up, x);
  }
  const Engine engine = engine_for_weight_gradient(up, x);
  if (engine == Engine::kKernels && LateGradients::keep(weight_, up, x)) return {};
  return nn::weight_gradient(engine, up, x);
}

}  // namespace svgfusion::nn
