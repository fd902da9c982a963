// SPDX-License-Identifier: MIT
#include "svgfusion/nn/activation.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include "executor.h"
#include "modulation_passes.h"
#include "svgfusion/kernels/activation.h"

namespace svgfusion::nn {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

std::int64_t rows_of(const torch::Tensor& x) { return x.numel() / x.size(-1); }

class BiasGelu : public torch::autograd::Function<BiasGelu> {
 public:
  static torch::Tensor forward(AutogradContext* context, const torch::Tensor& x,
                               const torch::Tensor& bias) {
    context->save_for_backward({x, bias});
    return gelu_pass(x, bias);
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const auto out = gelu_gradients(gradients[0].contiguous(), saved[0], saved[1]);
    return {out.x, out.bias};
  }
};

}  // namespace

torch::Tensor gelu_pass(const torch::Tensor& x, const torch::Tensor& bias) {
  auto y = torch::empty_like(x);
  run_kernel(x, [&](const auto& executor) {
    kernels::bias_gelu(data_of(x), data_of(bias), y.data_ptr<float>(), rows_of(x), x.size(-1),
                       executor);
  });
  return y;
}

GeluGradients gelu_gradients(const torch::Tensor& up, const torch::Tensor& x,
                             const torch::Tensor& bias) {
  GeluGradients out{torch::empty_like(x), {}};
  // On a GPU the sum over rows is a launch of its own.
  if (!x.is_cuda()) out.bias = torch::empty_like(bias);
  run_kernel(x, [&](const auto& executor) {
    kernels::bias_gelu_gradient(data_of(up), data_of(x), data_of(bias), out.x.data_ptr<float>(),
                                out.bias.defined() ? out.bias.data_ptr<float>() : nullptr,
                                rows_of(x), x.size(-1), executor);
  });
  if (!out.bias.defined()) out.bias = out.x.view({rows_of(x), x.size(-1)}).sum(0);
  return out;
}

torch::Tensor bias_gelu(const torch::Tensor& x, const torch::Tensor& bias) {
  if (!takes_kernels(x)) return at::gelu(x + bias, "tanh");
  if (!at::GradMode::is_enabled()) return gelu_pass(x.contiguous(), bias.contiguous());
  return BiasGelu::apply(x.contiguous(), bias.contiguous());
}

}  // namespace svgfusion::nn
