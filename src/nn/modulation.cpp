// SPDX-License-Identifier: MIT
#include "svgfusion/nn/modulation.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include "executor.h"
#include "modulation_passes.h"
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

class ModulatedNorm : public torch::autograd::Function<ModulatedNorm> {
 public:
  static torch::Tensor forward(AutogradContext* context, const torch::Tensor& x,
                               const torch::Tensor& shift, const torch::Tensor& scale,
                               double epsilon) {
    const NormPass pass = norm_pass(x, shift, scale, epsilon, true);
    context->save_for_backward({x, scale, pass.statistics});
    return pass.y;
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const auto out = norm_gradients(gradients[0].contiguous(), saved[0], saved[1], saved[2]);
    return {out.x, out.shift, out.scale, {}};
  }
};

class GatedResidual : public torch::autograd::Function<GatedResidual> {
 public:
  static torch::Tensor forward(AutogradContext* context, const torch::Tensor& x,
                               const torch::Tensor& gate, const torch::Tensor& h) {
    context->save_for_backward({gate, h});
    return residual_pass(x, gate, h);
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const auto up = gradients[0].contiguous();
    const auto out = residual_gradients(up, saved[0], saved[1]);
    return {up, out.gate, out.h};
  }
};

}  // namespace

torch::Tensor with_whole_rows(const torch::Tensor& t) {
  return t.stride(1) == 1 ? t : t.contiguous();
}

NormPass norm_pass(const torch::Tensor& x, const torch::Tensor& shift, const torch::Tensor& scale,
                   double epsilon, bool needs_gradient, const torch::Tensor& rows) {
  NormPass out{torch::empty_like(x), {}};
  if (needs_gradient) out.statistics = torch::empty({x.size(0) * x.size(1), 2}, x.options());
  run_kernel(x, [&](const auto& executor) {
    kernels::modulated_norm(data_of(x), data_of(shift), shift.stride(0), data_of(scale),
                            scale.stride(0), static_cast<float>(epsilon), out.y.data_ptr<float>(),
                            needs_gradient ? out.statistics.data_ptr<float>() : nullptr,
                            sizes_of(x, rows), executor);
  });
  return out;
}

NormGradients norm_gradients(const torch::Tensor& up, const torch::Tensor& x,
                             const torch::Tensor& scale, const torch::Tensor& statistics) {
  const NormGradients out{torch::empty_like(x), torch::empty(scale.sizes(), x.options()),
                          torch::empty(scale.sizes(), x.options())};
  run_kernel(x, [&](const auto& executor) {
    kernels::modulated_norm_gradient(data_of(up), data_of(x), data_of(scale), scale.stride(0),
                                     data_of(statistics), out.x.data_ptr<float>(),
                                     out.shift.data_ptr<float>(), out.scale.data_ptr<float>(),
                                     sizes_of(x), executor);
  });
  return out;
}

torch::Tensor residual_pass(const torch::Tensor& x, const torch::Tensor& gate,
                            const torch::Tensor& h, const torch::Tensor& rows) {
  auto y = torch::empty_like(x);
  run_kernel(x, [&](const auto& executor) {
    kernels::gated_residual(data_of(x), data_of(gate), gate.stride(0), data_of(h),
                            y.data_ptr<float>(), sizes_of(x, rows), executor);
  });
  return y;
}

ResidualGradients residual_gradients(const torch::Tensor& up, const torch::Tensor& gate,
                                     const torch::Tensor& h) {
  const ResidualGradients out{torch::empty(gate.sizes(), h.options()), torch::empty_like(h)};
  run_kernel(h, [&](const auto& executor) {
    kernels::gated_residual_gradient(data_of(up), data_of(gate), gate.stride(0), data_of(h),
                                     out.gate.data_ptr<float>(), out.h.data_ptr<float>(),
                                     sizes_of(h), executor);
  });
  return out;
}

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
    return norm_pass(tokens, with_whole_rows(shift), with_whole_rows(scale), epsilon, false, rows)
        .y;
  return ModulatedNorm::apply(tokens, with_whole_rows(shift), with_whole_rows(scale), epsilon);
}

torch::Tensor gated_residual(const torch::Tensor& x, const torch::Tensor& gate,
                             const torch::Tensor& h, const torch::Tensor& rows) {
  if (!picks_rows(x, rows)) return gated_residual(x, of_rows(gate, rows), h);
  if (!takes_kernels(x)) return at::addcmul(x, gate.unsqueeze(1), h);
  if (!at::GradMode::is_enabled())
    return residual_pass(x.contiguous(), with_whole_rows(gate), h.contiguous(), rows);
  return GatedResidual::apply(x.contiguous(), with_whole_rows(gate), h.contiguous());
}

}  // namespace svgfusion::nn
