// SPDX-License-Identifier: MIT
#include "svgfusion/nn/late_gradients.h"

#include <atomic>

#include "flat_offset.h"
#include "rounded_products.h"
#include "svgfusion/base/error.h"
#include "svgfusion/nn/product_engines.h"

namespace svgfusion::nn {
namespace {

std::atomic<LateGradients*> current_late{nullptr};

}  // namespace

LateGradients::LateGradients(const torch::Tensor& values) : values_(values) {
  SVGFUSION_CHECK(values.dim() == 1 && values.is_contiguous());
  SVGFUSION_CHECK(current_late.exchange(this) == nullptr, "one is there already");
}

LateGradients::~LateGradients() { current_late = nullptr; }

bool LateGradients::keep(const torch::Tensor& weight, const torch::Tensor& up,
                         const torch::Tensor& x) {
  LateGradients* const to = current_late;
  if (to == nullptr) return false;
  const auto offset = offset_in(to->values_, weight);
  if (offset) to->found_.push_back({*offset, up, x});
  return offset.has_value();
}

torch::Tensor dense(const LateGradient& gradient) {
  const bool is_rounded = gradient.x.scalar_type() == torch::kBFloat16;
  return (is_rounded ? rounded_weight_gradient(gradient.up, gradient.x)
                     : weight_gradient(Engine::kKernels, gradient.up, gradient.x))
      .view({-1});
}

}  // namespace svgfusion::nn
