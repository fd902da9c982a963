// SPDX-License-Identifier: MIT
#include "svgfusion/nn/linear.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include <atomic>

#include "executor.h"
#include "rounded_products.h"
#include "svgfusion/nn/late_gradients.h"
#include "svgfusion/nn/packed_weights.h"
#include "svgfusion/nn/precision.h"
#include "svgfusion/nn/product_engines.h"
#include "svgfusion/nn/rounded_weights.h"

namespace svgfusion::nn {
namespace {

std::atomic<std::int64_t> total_flops{0};

// One product of R x in by in x out, or of the same size.
void count_product(std::int64_t rows, const torch::Tensor& weight) {
  total_flops.fetch_add(2 * rows * weight.numel(), std::memory_order_relaxed);
}

// By what tests/benchmarks/product_speed prints on processors with AVX2 and with AVX-512.
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
  if (const auto y = PackedWeights::product(rows, weight.contiguous(), bias))
    return shaped_like(*y, x);
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
      const Engine engine = engine_for_weight_gradient(up, x);
      if (engine != Engine::kKernels || !LateGradients::keep(weight, up, x))
        out[1] = weight_gradient(engine, up, x);
    }
    if (context->saved_data["has_bias"].toBool() && context->needs_input_grad(2))
      out[2] = column_sum(up);
    return out;
  }
};

// x [R, in] and weight in bfloat16 -> f32 [R, out]
torch::Tensor rounded_forward(const torch::Tensor& x, const torch::Tensor& weight,
                              const std::optional<torch::Tensor>& bias) {
  if (const auto y = PackedWeights::product(x, weight, bias)) return *y;
  if (takes_rounded_kernels(x, weight)) return rounded_product(x, weight, bias);
  return to_float(at::linear(x, weight), bias);
}

// The same with operands rounded to bfloat16, kept so for the backward pass.
class RoundedLinear : public torch::autograd::Function<RoundedLinear> {
 public:
  static torch::Tensor forward(torch::autograd::AutogradContext* context, const torch::Tensor& x,
                               const torch::Tensor& weight,
                               const std::optional<torch::Tensor>& bias) {
    const auto x_rounded = to_bfloat16(as_rows(x));
    const auto weight_rounded = RoundedWeights::of(weight).contiguous();
    context->save_for_backward({x_rounded, weight});
    context->saved_data["rounded"] = weight_rounded;
    context->saved_data["shape"] = x.sizes();
    context->saved_data["has_bias"] = bias.has_value();
    return shaped_like(rounded_forward(x_rounded, weight_rounded, bias), x);
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 torch::autograd::variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const torch::Tensor &x = saved[0], weight = context->saved_data["rounded"].toTensor();
    const auto up = as_rows(gradients[0]);  // [R, out]
    const auto up_rounded = to_bfloat16(up);
    const bool is_ours = takes_rounded_kernels(x, weight);
    torch::autograd::variable_list out(3);
    for (const std::size_t operand : {0, 1})
      if (context->needs_input_grad(operand)) count_product(up.size(0), weight);
    if (context->needs_input_grad(0)) {
      out[0] = is_ours ? rounded_input_gradient(up_rounded, weight)
                       : up_rounded.mm(weight).to(torch::kFloat);
      out[0] = out[0].view(context->saved_data["shape"].toIntVector());
    }
    if (context->needs_input_grad(1)) {
      if (!is_ours) {
        out[1] = up_rounded.t().mm(x).to(torch::kFloat);
      } else if (!LateGradients::keep(saved[1], up_rounded, x)) {
        out[1] = rounded_weight_gradient(up_rounded, x);
      }
    }
    if (context->saved_data["has_bias"].toBool() && context->needs_input_grad(2))
      out[2] = up.is_cpu() ? column_sum(up) : up.sum(0);
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
  if (weight.scalar_type() == torch::kBFloat16)  // round_weights
    return shaped_like(rounded_forward(to_bfloat16(as_rows(x)), weight, bias), x);
  if (product_precision() == Precision::kBfloat16 && x.scalar_type() == torch::kFloat)
    return RoundedLinear::apply(x, weight, bias);
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
