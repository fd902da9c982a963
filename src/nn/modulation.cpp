// SPDX-License-Identifier: MIT
#include "svgfusion/nn/modulation.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include "executor.h"
#include "svgfusion/kernels/modulation.h"

namespace svgfusion::nn {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

kernels::TokenSizes sizes_of(const torch::Tensor& x) { return {x.size(0), x.size(1), x.size(2)}; }

// Rows may be slices of a wider matrix.
torch::Tensor with_whole_rows(const torch::Tensor& t) {
  return t.stride(1) == 1 ? t : t.contiguous();
}

torch::Tensor norm_forward(const torch::Tensor& x, const torch::Tensor& shift,
                           const torch::Tensor& scale, double epsilon, float* statistics) {
  auto y = torch::empty_like(x);
  run_kernel(x, [&](const auto& executor) {
    kernels::modulated_norm(data_of(x), data_of(shift), shift.stride(0), data_of(scale),
                            scale.stride(0), static_cast<float>(epsilon), y.data_ptr<float>(),
                            statistics, sizes_of(x), executor);
  });
  return y;
}

class ModulatedNorm : public torch::autograd::Function<ModulatedNorm> {
 public:
  static torch::Tensor forward(AutogradContext* context, const torch::Tensor& x,
                               const torch::Tensor& shift, const torch::Tensor& scale,
                               double epsilon) {
    auto statistics = torch::empty({x.size(0) * x.size(1), 2}, x.options());
    context->save_for_backward({x, scale, statistics});
    return norm_forward(x, shift, scale, epsilon, statistics.data_ptr<float>());
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const auto& x = saved[0];
    const auto& scale = saved[1];
    const auto up = gradients[0].contiguous();
    auto dx = torch::empty_like(x);
    auto dshift = torch::empty(scale.sizes(), x.options());
    auto dscale = torch::empty(scale.sizes(), x.options());
    run_kernel(x, [&](const auto& executor) {
      kernels::modulated_norm_gradient(data_of(up), data_of(x), data_of(scale), scale.stride(0),
                                       data_of(saved[2]), dx.data_ptr<float>(),
                                       dshift.data_ptr<float>(), dscale.data_ptr<float>(),
                                       sizes_of(x), executor);
    });
    return {dx, dshift, dscale, {}};
  }
};

torch::Tensor residual_forward(const torch::Tensor& x, const torch::Tensor& gate,
                               const torch::Tensor& h) {
  auto y = torch::empty_like(x);
  run_kernel(x, [&](const auto& executor) {
    kernels::gated_residual(data_of(x), data_of(gate), gate.stride(0), data_of(h),
                            y.data_ptr<float>(), sizes_of(x), executor);
  });
  return y;
}

class GatedResidual : public torch::autograd::Function<GatedResidual> {
 public:
  static torch::Tensor forward(AutogradContext* context, const torch::Tensor& x,
                               const torch::Tensor& gate, const torch::Tensor& h) {
    context->save_for_backward({gate, h});
    return residual_forward(x, gate, h);
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const auto& gate = saved[0];
    const auto& h = saved[1];
    const auto up = gradients[0].contiguous();
    auto dgate = torch::empty(gate.sizes(), h.options());
    auto dh = torch::empty_like(h);
    run_kernel(h, [&](const auto& executor) {
      kernels::gated_residual_gradient(data_of(up), data_of(gate), gate.stride(0), data_of(h),
                                       dgate.data_ptr<float>(), dh.data_ptr<float>(), sizes_of(h),
                                       executor);
    });
    return {up, dgate, dh};
  }
};

}  // namespace

torch::Tensor modulated_norm(const torch::Tensor& x, const torch::Tensor& shift,
                             const torch::Tensor& scale, double epsilon) {
  if (!takes_kernels(x)) {
    const auto normal = at::layer_norm(x, {x.size(-1)}, {}, {}, epsilon);
    return at::addcmul(shift.unsqueeze(1), normal, 1 + scale.unsqueeze(1));
  }
  const auto rows = x.contiguous();
  if (!at::GradMode::is_enabled())
    return norm_forward(rows, with_whole_rows(shift), with_whole_rows(scale), epsilon, nullptr);
  return ModulatedNorm::apply(rows, with_whole_rows(shift), with_whole_rows(scale), epsilon);
}

torch::Tensor gated_residual(const torch::Tensor& x, const torch::Tensor& gate,
                             const torch::Tensor& h) {
  if (!takes_kernels(x)) return at::addcmul(x, gate.unsqueeze(1), h);
  if (!at::GradMode::is_enabled())
    return residual_forward(x.contiguous(), with_whole_rows(gate), h.contiguous());
  return GatedResidual::apply(x.contiguous(), with_whole_rows(gate), h.contiguous());
}

}  // namespace svgfusion::nn
