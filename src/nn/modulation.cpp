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

kernels::TokenSizes sizes_of(const torch::Tensor& x, const torch::Tensor& rows = {}) {
  return {x.size(0), x.size(1), x.size(2),
          rows.defined() ? rows.const_data_ptr<std::int64_t>() : nullptr};
}

torch::Tensor of_rows(const torch::Tensor& values, const torch::Tensor& rows) {
  return rows.defined() ? values.index_select(0, rows) : values;
}

// Whether the kernels may pick the rows.
bool picks_rows(const torch::Tensor& x, const torch::Tensor& rows) {
  return !rows.defined() || (takes_kernels(x) && !at::GradMode::is_enabled());
}

// Rows may be slices of a wider matrix.
torch::Tensor with_whole_rows(const torch::Tensor& t) {
  return t.stride(1) == 1 ? t : t.contiguous();
}

torch::Tensor norm_forward(const torch::Tensor& x, const torch::Tensor& shift,
                           const torch::Tensor& scale, double epsilon, float* statistics,
                           const torch::Tensor& rows = {}) {
  auto y = torch::empty_like(x);
  run_kernel(x, [&](const auto& executor) {
    kernels::modulated_norm(data_of(x), data_of(shift), shift.stride(0), data_of(scale),
                            scale.stride(0), static_cast<float>(epsilon), y.data_ptr<float>(),
                            statistics, sizes_of(x, rows), executor);
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
                               const torch::Tensor& h, const torch::Tensor& rows = {}) {
  auto y = torch::empty_like(x);
  run_kernel(x, [&](const auto& executor) {
    kernels::gated_residual(data_of(x), data_of(gate), gate.stride(0), data_of(h),
                            y.data_ptr<float>(), sizes_of(x, rows), executor);
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
                             const torch::Tensor& scale, double epsilon,
                             const torch::Tensor& rows) {
  if (!picks_rows(x, rows))
    return modulated_norm(x, of_rows(shift, rows), of_rows(scale, rows), epsilon);
  if (!takes_kernels(x)) {
    const auto normal = at::layer_norm(x, {x.size(-1)}, {}, {}, epsilon);
    return at::addcmul(shift.unsqueeze(1), normal, 1 + scale.unsqueeze(1));
  }
  const auto tokens = x.contiguous();
  if (!at::GradMode::is_enabled())
    return norm_forward(tokens, with_whole_rows(shift), with_whole_rows(scale), epsilon, nullptr,
                        rows);
  return ModulatedNorm::apply(tokens, with_whole_rows(shift), with_whole_rows(scale), epsilon);
}

torch::Tensor gated_residual(const torch::Tensor& x, const torch::Tensor& gate,
                             const torch::Tensor& h, const torch::Tensor& rows) {
  if (!picks_rows(x, rows)) return gated_residual(x, of_rows(gate, rows), h);
  if (!takes_kernels(x)) return at::addcmul(x, gate.unsqueeze(1), h);
  if (!at::GradMode::is_enabled())
    return residual_forward(x.contiguous(), with_whole_rows(gate), h.contiguous(), rows);
  return GatedResidual::apply(x.contiguous(), with_whole_rows(gate), h.contiguous());
}

}  // namespace svgfusion::nn
