// SPDX-License-Identifier: MIT
#include "svgfusion/nn/packed_weights.h"

#include <atomic>

#include "executor.h"
#include "rounded_products.h"
#include "svgfusion/kernels/product.h"
#include "svgfusion/nn/kernel_use.h"

namespace svgfusion::nn {
namespace {

std::atomic<PackedWeights*> current_packed{nullptr};

// By what tests/benchmarks/product_speed prints.
constexpr std::int64_t kMostRows = 256;

bool takes_packed(const torch::Tensor& x, const torch::Tensor& weight) {
  if (!uses_own_kernels() || !x.is_cpu() || x.size(0) == 0 || x.size(0) > kMostRows) return false;
  if (x.scalar_type() == torch::kBFloat16)
    return kernels::has_fast_bfloat16_products() && weight.size(1) % 2 == 0;
  return kernels::has_fast_products();
}

}  // namespace

PackedWeights::Use::Use(PackedWeights& weights) : before_(current_packed.exchange(&weights)) {}
PackedWeights::Use::~Use() { current_packed = before_; }

std::optional<torch::Tensor> PackedWeights::product(const torch::Tensor& x,
                                                    const torch::Tensor& weight,
                                                    const std::optional<torch::Tensor>& bias) {
  PackedWeights* const weights = current_packed;
  if (weights == nullptr || !takes_packed(x, weight)) return std::nullopt;
  const kernels::ProductSizes sizes{x.size(0), x.size(1), weight.size(0)};
  const bool is_rounded = x.scalar_type() == torch::kBFloat16;
  Packed& packed = weights->packed_[weight.const_data_ptr()];
  // Parts of one tensor may begin where the whole does.
  if (!packed.panels.defined() || packed.weight.sizes() != weight.sizes()) {
    packed = {weight, torch::empty({kernels::packed_size(sizes)}, weight.options())};
    if (is_rounded) {
      kernels::pack_weights(rounded_data_of(weight), writable_rounded_data_of(packed.panels), sizes,
                            on_threads);
    } else {
      kernels::pack_weights(data_of(weight), packed.panels.data_ptr<float>(), sizes, on_threads);
    }
  }
  auto y = torch::empty({sizes.rows, sizes.outputs}, torch::kFloat);
  const float* bias_data = bias ? data_of(*bias) : nullptr;
  if (is_rounded) {
    kernels::packed_product(rounded_data_of(x), rounded_data_of(packed.panels), bias_data,
                            y.data_ptr<float>(), sizes, on_threads);
  } else {
    kernels::packed_product(data_of(x), data_of(packed.panels), bias_data, y.data_ptr<float>(),
                            sizes, on_threads);
  }
  return y;
}

}  // namespace svgfusion::nn
