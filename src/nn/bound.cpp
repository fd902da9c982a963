// SPDX-License-Identifier: MIT
#include "svgfusion/nn/bound.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include "executor.h"
#include "svgfusion/base/error.h"
#include "svgfusion/kernels/bound.h"

namespace svgfusion::nn {
namespace {

using torch::Tensor;

// Itself where its rows [D] have no gaps and lie at equal distances.
Tensor with_even_rows(const Tensor& t) {
  const bool is_even = t.stride(2) == 1 && t.stride(0) == t.size(1) * t.stride(1);
  return is_even ? t : t.contiguous();
}

class Bound : public torch::autograd::Function<Bound> {
 public:
  static Tensor forward(torch::autograd::AutogradContext* context, const Tensor& x0,
                        const Tensor& x_t, const Tensor& timesteps, const Tensor& rows,
                        const Tensor& estimate, const Tensor& variance) {
    const Tensor bound = torch::empty({x0.size(0)}, x0.options());
    const Tensor slope = torch::empty(x0.sizes(), x0.options());
    kernels::BoundInputs in;
    in.x0 = data_of(x0);
    in.x_t = data_of(x_t);
    in.estimate = data_of(estimate);
    in.variance = data_of(variance);
    in.estimate_stride = estimate.stride(1);
    in.variance_stride = variance.stride(1);
    in.timesteps = timesteps.const_data_ptr<std::int64_t>();
    in.rows = reinterpret_cast<const kernels::PosteriorRow*>(data_of(rows));
    in.samples = x0.size(0);
    in.tokens = x0.size(1);
    in.width = x0.size(2);
    run_kernel(x0, [&](const auto& executor) {
      kernels::variational_bound(in, bound.data_ptr<float>(), slope.data_ptr<float>(), executor);
    });
    context->save_for_backward({slope});
    return bound;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 torch::autograd::variable_list gradients) {
    const Tensor slope = context->get_saved_variables()[0];
    return {{}, {}, {}, {}, {}, slope * gradients[0].view({-1, 1, 1})};
  }
};

}  // namespace

bool takes_bound(const Tensor& x0) { return takes_kernels(x0); }

Tensor variational_bound(const Tensor& x0, const Tensor& x_t, const Tensor& timesteps,
                         const Tensor& rows, const Tensor& estimate, const Tensor& variance) {
  static_assert(sizeof(kernels::PosteriorRow) == 4 * sizeof(float));
  SVGFUSION_CHECK(rows.dim() == 2 && rows.size(1) == 4 && rows.is_contiguous());
  return Bound::apply(x0.contiguous(), x_t.contiguous(), timesteps.contiguous(), rows,
                      with_even_rows(estimate.detach()), with_even_rows(variance));
}

}  // namespace svgfusion::nn
