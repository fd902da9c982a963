// SPDX-License-Identifier: MIT
#include "rounded_products.h"

#include "executor.h"
#include "svgfusion/kernels/product.h"
#include "svgfusion/nn/kernel_use.h"
#include "svgfusion/nn/product_engines.h"

namespace svgfusion::nn {
namespace {

torch::Tensor float_matrix(std::int64_t rows, std::int64_t columns) {
  return torch::empty({rows, columns}, torch::kFloat);
}

}  // namespace

bool takes_rounded_kernels(const torch::Tensor& x, const torch::Tensor& weight) {
  return uses_own_kernels() && x.is_cpu() && kernels::has_fast_bfloat16_products() &&
         x.size(0) > 0 && x.size(0) <= kFewRows && weight.size(0) % 2 == 0 &&
         weight.size(1) % 2 == 0;
}

torch::Tensor to_bfloat16(const torch::Tensor& x) {
  if (!x.is_cpu() || !takes_kernels(x)) return x.to(torch::kBFloat16);
  auto y = torch::empty(x.sizes(), x.options().dtype(torch::kBFloat16));
  kernels::round_to_bfloat16(data_of(x), writable_rounded_data_of(y), x.numel(), on_threads);
  return y;
}

torch::Tensor to_float(const torch::Tensor& x, const std::optional<torch::Tensor>& bias) {
  if (!uses_own_kernels() || !x.is_cpu()) {
    const auto y = x.to(torch::kFloat);
    return bias ? y + *bias : y;
  }
  auto y = float_matrix(x.size(0), x.size(1));
  kernels::widen(rounded_data_of(x), bias ? data_of(*bias) : nullptr, y.data_ptr<float>(),
                 x.size(0), x.size(1), on_threads);
  return y;
}

torch::Tensor rounded_product(const torch::Tensor& x, const torch::Tensor& weight,
                              const std::optional<torch::Tensor>& bias) {
  auto y = float_matrix(x.size(0), weight.size(0));
  kernels::product(rounded_data_of(x), rounded_data_of(weight), bias ? data_of(*bias) : nullptr,
                   y.data_ptr<float>(), {x.size(0), x.size(1), weight.size(0)}, on_threads);
  return y;
}

torch::Tensor rounded_input_gradient(const torch::Tensor& up, const torch::Tensor& weight) {
  auto out = float_matrix(up.size(0), weight.size(1));
  kernels::product_input_gradient(rounded_data_of(up), rounded_data_of(weight),
                                  out.data_ptr<float>(),
                                  {up.size(0), weight.size(1), weight.size(0)}, on_threads);
  return out;
}

torch::Tensor rounded_weight_gradient(const torch::Tensor& up, const torch::Tensor& x) {
  auto out = float_matrix(up.size(1), x.size(1));
  kernels::product_weight_gradient(rounded_data_of(up), rounded_data_of(x), out.data_ptr<float>(),
                                   {x.size(0), x.size(1), up.size(1)}, on_threads);
  return out;
}

}  // namespace svgfusion::nn
