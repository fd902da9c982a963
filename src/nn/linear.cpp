// SPDX-License-Identifier: MIT
#include "svgfusion/nn/linear.h"

#include <ATen/Context.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/csrc/autograd/custom_function.h>

namespace svgfusion::nn {
namespace {

using OneDnnLinear = torch::Tensor(const torch::Tensor&, const torch::Tensor&,
                                   const std::optional<torch::Tensor>&, c10::string_view,
                                   c10::List<std::optional<at::Scalar>>,
                                   std::optional<c10::string_view>);

// LibTorch's own call of oneDNN, which at::linear does not take for float32; empty in builds
// without it.
const std::optional<c10::TypedOperatorHandle<OneDnnLinear>>& one_dnn_linear() {
  static const auto handle = []() -> std::optional<c10::TypedOperatorHandle<OneDnnLinear>> {
    if (!at::hasMKLDNN()) return std::nullopt;
    const auto found = c10::Dispatcher::singleton().findSchema({"mkldnn::_linear_pointwise", ""});
    if (!found) return std::nullopt;
    return found->typed<OneDnnLinear>();
  }();
  return handle;
}

// x [R, in], weight [out, in] -> [R, out]
torch::Tensor product(const torch::Tensor& x, const torch::Tensor& weight,
                      const std::optional<torch::Tensor>& bias) {
  return one_dnn_linear()->call(x, weight, bias, "none", c10::List<std::optional<at::Scalar>>(),
                                "");
}

class Linear : public torch::autograd::Function<Linear> {
 public:
  static torch::Tensor forward(torch::autograd::AutogradContext* context, const torch::Tensor& x,
                               const torch::Tensor& weight,
                               const std::optional<torch::Tensor>& bias) {
    context->save_for_backward({x, weight});
    context->saved_data["has_bias"] = bias.has_value();
    return product(x, weight, bias);
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 torch::autograd::variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const auto& up = gradients[0];  // [R, out]
    torch::autograd::variable_list out(3);
    if (context->needs_input_grad(0)) out[0] = product(up, saved[1].t(), std::nullopt);
    // The weight's gradient sums over few rows: there the default library is the faster one, but
    // for wide inputs.
    if (context->needs_input_grad(1)) {
      const bool is_wide = saved[1].size(1) > saved[1].size(0);
      out[1] = is_wide ? product(up.t(), saved[0].t(), std::nullopt) : up.t().mm(saved[0]);
    }
    if (context->saved_data["has_bias"].toBool() && context->needs_input_grad(2))
      out[2] = up.sum(0);
    return out;
  }
};

bool takes_one_dnn(const torch::Tensor& x, const torch::Tensor& weight) {
  return x.is_cpu() && x.scalar_type() == torch::kFloat && weight.scalar_type() == torch::kFloat &&
         x.numel() > 0 && one_dnn_linear().has_value();
}

}  // namespace

torch::Tensor linear(const torch::Tensor& x, const torch::Tensor& weight,
                     const torch::Tensor& given_bias) {
  const auto bias = given_bias.defined() ? std::optional(given_bias) : std::nullopt;
  if (!takes_one_dnn(x, weight)) return at::linear(x, weight, bias);
  auto shape = x.sizes().vec();
  const auto flat = x.reshape({-1, shape.back()});
  const bool needs_gradient =
      at::GradMode::is_enabled() &&
      (x.requires_grad() || weight.requires_grad() || (bias && bias->requires_grad()));
  const auto y = needs_gradient ? Linear::apply(flat, weight, bias) : product(flat, weight, bias);
  shape.back() = weight.size(0);
  return y.view(shape);
}

}  // namespace svgfusion::nn
