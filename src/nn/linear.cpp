// SPDX-License-Identifier: MIT
#include "svgfusion/nn/linear.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include <atomic>

#include "executor.h"
#include "svgfusion/nn/precision.h"
#include "svgfusion/nn/product_engines.h"

namespace svgfusion::nn {
namespace {

std::atomic<std::int64_t> total_flops{0};

// One product of R x in by in x out, or of the same size.
void count_product(std::int64_t rows, const torch::Tensor& weight) {
  total_flops.fetch_add(2 * rows * weight.numel(), std::memory_order_relaxed);
}

// By what tests/benchmarks/product_speed prints on a processor with AVX2; with AVX-512 the same
// rule has not been measured.
constexpr std::int64_t kFewRows = 64;

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

// [.., width] -> [R, width], contiguous
torch::Tensor as_rows(const torch::Tensor& x) {
  return x.dim() == 2 ? x.contiguous() : x.reshape({-1, x.size(-1)}).contiguous();
}

// [R, width] -> the shape of `like` but for its last size
torch::Tensor shaped_like(const torch::Tensor& rows, const torch::Tensor& like) {
  if (like.dim() == 2) return rows;
  auto shape = like.sizes().vec();
  shape.back() = rows.size(1);
  return rows.view(shape);
}

torch::Tensor forward_of(const torch::Tensor& x, const torch::Tensor& weight,
                         const std::optional<torch::Tensor>& bias) {
  const auto rows = as_rows(x);
  return shaped_like(product(engine_for(rows.size(0)), rows, weight.contiguous(), bias), x);
}

class Linear : public torch::autograd::Function<Linear> {
 public:
  static torch::Tensor forward(torch::autograd::AutogradContext* context, const torch::Tensor& x,
                               const torch::Tensor& weight,
                               const std::optional<torch::Tensor>& bias) {
    context->save_for_backward({x, weight});
    context->saved_data["has_bias"] = bias.has_value();
    return forward_of(x, weight, bias);
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 torch::autograd::variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const auto up = as_rows(gradients[0]);  // [R, out]
    const auto weight = saved[1].contiguous();
    torch::autograd::variable_list out(3);
    for (const std::size_t operand : {0, 1})
      if (context->needs_input_grad(operand)) count_product(up.size(0), weight);
    if (context->needs_input_grad(0)) {
      out[0] = shaped_like(input_gradient(engine_for(up.size(0)), up, weight), saved[0]);
    }
    if (context->needs_input_grad(1)) {
      const auto x = as_rows(saved[0]);
      out[1] = weight_gradient(engine_for_weight_gradient(up, x), up, x);
    }
    if (context->saved_data["has_bias"].toBool() && context->needs_input_grad(2))
      out[2] = column_sum(up);
    return out;
  }
};

torch::Tensor rounded(const torch::Tensor& t) { return t.to(torch::kBFloat16); }

// The same with operands rounded to bfloat16, kept so for the backward pass.
class RoundedLinear : public torch::autograd::Function<RoundedLinear> {
 public:
  static torch::Tensor forward(torch::autograd::AutogradContext* context, const torch::Tensor& x,
                               const torch::Tensor& weight,
                               const std::optional<torch::Tensor>& bias) {
    const auto x_rounded = rounded(x);
    const auto weight_rounded = rounded(weight);
    context->save_for_backward({x_rounded, weight_rounded});
    context->saved_data["has_bias"] = bias.has_value();
    const auto y = at::linear(x_rounded, weight_rounded).to(torch::kFloat);
    return bias ? y + *bias : y;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 torch::autograd::variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const auto up = rounded(gradients[0]);  // [R, out]
    torch::autograd::variable_list out(3);
    for (const std::size_t operand : {0, 1})
      if (context->needs_input_grad(operand)) count_product(up.size(0), saved[1]);
    if (context->needs_input_grad(0)) out[0] = up.mm(saved[1]).to(torch::kFloat);
    if (context->needs_input_grad(1)) out[1] = up.t().mm(saved[0]).to(torch::kFloat);
    if (context->saved_data["has_bias"].toBool() && context->needs_input_grad(2))
      out[2] = gradients[0].sum(0);
    return out;
  }
};

bool takes_engines(const torch::Tensor& x, const torch::Tensor& weight) {
  return x.is_cpu() && takes_kernels(x) && weight.scalar_type() == torch::kFloat;
}

}  // namespace

std::int64_t product_flops() { return total_flops.load(std::memory_order_relaxed); }

torch::Tensor linear(const torch::Tensor& x, const torch::Tensor& weight,
                     const torch::Tensor& given_bias) {
  const auto bias = given_bias.defined() ? std::optional(given_bias) : std::nullopt;
  const std::int64_t rows = x.numel() / weight.size(1);
  count_product(rows, weight);
  if (weight.scalar_type() == torch::kBFloat16) {  // round_weights
    const auto y = at::linear(rounded(x), weight).to(torch::kFloat);
    return bias ? y + *bias : y;
  }
  if (product_precision() == Precision::kBfloat16 && x.scalar_type() == torch::kFloat) {
    auto shape = x.sizes().vec();
    const auto y = RoundedLinear::apply(x.reshape({-1, shape.back()}), weight, bias);
    shape.back() = weight.size(0);
    return y.view(shape);
  }
  if (!takes_engines(x, weight)) {
    // LibTorch's own backward pass does not pass by here.
    if (at::GradMode::is_enabled()) {
      if (x.requires_grad()) count_product(rows, weight);
      if (weight.requires_grad()) count_product(rows, weight);
    }
    return at::linear(x, weight, bias);
  }
  const bool needs_gradient =
      at::GradMode::is_enabled() &&
      (x.requires_grad() || weight.requires_grad() || (bias && bias->requires_grad()));
  return needs_gradient ? Linear::apply(x, weight, bias) : forward_of(x, weight, bias);
}

}  // namespace svgfusion::nn
