// SPDX-License-Identifier: MIT
#include "svgfusion/nn/product_engines.h"

#include <ATen/Context.h>
#include <ATen/core/dispatch/Dispatcher.h>

#include "executor.h"
#include "svgfusion/kernels/product.h"
#include "svgfusion/kernels/sums.h"

namespace svgfusion::nn {
namespace {

using OneDnnLinear = torch::Tensor(const torch::Tensor&, const torch::Tensor&,
                                   const std::optional<torch::Tensor>&, c10::string_view,
                                   c10::List<std::optional<at::Scalar>>,
                                   std::optional<c10::string_view>);

// LibTorch's own call of oneDNN; empty in builds without it.
const std::optional<c10::TypedOperatorHandle<OneDnnLinear>>& one_dnn_linear() {
  static const auto handle = []() -> std::optional<c10::TypedOperatorHandle<OneDnnLinear>> {
    if (!at::hasMKLDNN()) return std::nullopt;
    const auto found = c10::Dispatcher::singleton().findSchema({"mkldnn::_linear_pointwise", ""});
    if (!found) return std::nullopt;
    return found->typed<OneDnnLinear>();
  }();
  return handle;
}

torch::Tensor one_dnn(const torch::Tensor& x, const torch::Tensor& weight,
                      const std::optional<torch::Tensor>& bias) {
  return one_dnn_linear()->call(x, weight, bias, "none", c10::List<std::optional<at::Scalar>>(),
                                "");
}

}  // namespace

bool is_available(Engine engine) {
  if (engine == Engine::kKernels) return kernels::has_fast_products();
  return engine == Engine::kLibtorch || one_dnn_linear().has_value();
}

torch::Tensor product(Engine engine, const torch::Tensor& x, const torch::Tensor& weight,
                      const std::optional<torch::Tensor>& bias) {
  if (engine == Engine::kLibtorch) return at::linear(x, weight, bias);
  if (engine == Engine::kOneDnn) return one_dnn(x, weight, bias);
  auto y = torch::empty({x.size(0), weight.size(0)}, x.options());
  kernels::product(data_of(x), data_of(weight), bias ? data_of(*bias) : nullptr,
                   y.data_ptr<float>(), {x.size(0), x.size(1), weight.size(0)}, on_threads);
  return y;
}

torch::Tensor input_gradient(Engine engine, const torch::Tensor& up, const torch::Tensor& weight) {
  if (engine == Engine::kLibtorch) return up.mm(weight);
  if (engine == Engine::kOneDnn) return one_dnn(up, weight.t(), std::nullopt);
  auto out = torch::empty({up.size(0), weight.size(1)}, up.options());
  kernels::product_input_gradient(data_of(up), data_of(weight), out.data_ptr<float>(),
                                  {up.size(0), weight.size(1), weight.size(0)}, on_threads);
  return out;
}

torch::Tensor weight_gradient(Engine engine, const torch::Tensor& up, const torch::Tensor& x) {
  if (engine == Engine::kLibtorch) return up.t().mm(x);
  if (engine == Engine::kOneDnn) return one_dnn(up.t(), x.t(), std::nullopt);
  auto out = torch::empty({up.size(1), x.size(1)}, up.options());
  kernels::product_weight_gradient(data_of(up), data_of(x), out.data_ptr<float>(),
                                   {x.size(0), x.size(1), up.size(1)}, on_threads);
  return out;
}
torch::Tensor column_sum(const torch::Tensor& up) {
  auto out = torch::empty({up.size(1)}, up.options());
  kernels::column_sum(data_of(up), out.data_ptr<float>(), up.size(0), up.size(1), on_threads);
  return out;
}

}  // namespace svgfusion::nn
