// SPDX-License-Identifier: MIT
#include "svgfusion/nn/linear.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include "linear_products.h"
#include "svgfusion/base/error.h"
#include "svgfusion/nn/precision.h"

namespace svgfusion::nn {
namespace {

// [R, width] -> the shape of `like` but for its last size
torch::Tensor shaped_like(const torch::Tensor& rows, at::IntArrayRef like) {
  if (like.size() == 2) return rows;
  auto shape = like.vec();
  shape.back() = rows.size(1);
  return rows.view(shape);
}

class Linear : public torch::autograd::Function<Linear> {
 public:
  static torch::Tensor forward(torch::autograd::AutogradContext* context, const torch::Tensor& x,
                               const torch::Tensor& weight,
                               const std::optional<torch::Tensor>& bias) {
    const LinearProducts products(weight);
    const auto rows = products.operand(as_rows(x));
    context->save_for_backward({rows, weight, products.used()});
    context->saved_data["shape"] = x.sizes();
    context->saved_data["has_bias"] = bias.has_value();
    context->saved_data["type"] = x.scalar_type();
    return shaped_like(products.product(rows, bias), x.sizes());
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 torch::autograd::variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const LinearProducts products(saved[1], saved[2]);
    const auto up = as_rows(gradients[0]);  // [R, out]
    const auto operand = products.operand(up);
    torch::autograd::variable_list out(3);
    if (context->needs_input_grad(0)) {
      out[0] = products.input_gradient(operand)
                   .view(context->saved_data["shape"].toIntVector())
                   .to(context->saved_data["type"].toScalarType());
    }
    if (context->needs_input_grad(1)) out[1] = products.weight_gradient(operand, saved[0]);
    if (context->saved_data["has_bias"].toBool() && context->needs_input_grad(2))
      out[2] = bias_gradient(up);
    return out;
  }
};

// x f32 [R, in] -> bf16 [R, out]
class RoundedLinear : public torch::autograd::Function<RoundedLinear> {
 public:
  static torch::Tensor forward(torch::autograd::AutogradContext* context, const torch::Tensor& x,
                               const torch::Tensor& weight, const torch::Tensor& bias) {
    const LinearProducts products(weight);
    const auto rows = products.operand(x);
    context->save_for_backward({rows, weight, products.used(), bias});
    return products.rounded_product(rows, bias);
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 torch::autograd::variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const LinearProducts products(saved[1], saved[2]);
    const auto up = gradients[0].contiguous();
    return {products.input_gradient(up), products.weight_gradient(up, saved[0]),
            rounded_bias_gradient(saved[3], up)};
  }
};

}  // namespace

torch::Tensor rounded_linear(const torch::nn::Linear& layer, const torch::Tensor& x) {
  SVGFUSION_CHECK(x.dim() == 2 && product_precision() == Precision::kBfloat16);
  return RoundedLinear::apply(x.contiguous(), layer->weight, layer->bias);
}

torch::Tensor linear(const torch::Tensor& x, const torch::Tensor& weight,
                     const torch::Tensor& given_bias) {
  const auto bias = given_bias.defined() ? std::optional(given_bias) : std::nullopt;
  if (!takes_products(x, weight)) {
    // LibTorch's own backward pass does not pass by here.
    const std::int64_t rows = x.numel() / weight.size(1);
    count_product(rows, weight);
    if (at::GradMode::is_enabled()) {
      if (x.requires_grad()) count_product(rows, weight);
      if (weight.requires_grad()) count_product(rows, weight);
    }
    return at::linear(x, weight, bias);
  }
  const bool needs_gradient =
      at::GradMode::is_enabled() &&
      (x.requires_grad() || weight.requires_grad() || (bias && bias->requires_grad()));
  if (needs_gradient) return Linear::apply(x, weight, bias);
  const LinearProducts products(weight);
  return shaped_like(products.product(products.operand(as_rows(x)), bias), x.sizes());
}

}  // namespace svgfusion::nn
