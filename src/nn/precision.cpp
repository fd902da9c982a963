// SPDX-License-Identifier: MIT
#include "svgfusion/nn/precision.h"

#include <torch/nn/modules/linear.h>

#include <atomic>

#include "svgfusion/base/error.h"

namespace svgfusion::nn {
namespace {

std::atomic<Precision> current_precision{Precision::kFloat32};

}  // namespace

Precision precision_from(const std::string& name) {
  if (name == kPrecisionNames[1]) return Precision::kBfloat16;
  SVGFUSION_CHECK(name == kPrecisionNames[0], name);
  return Precision::kFloat32;
}

ProductPrecision::ProductPrecision(Precision precision)
    : before_(current_precision.exchange(precision)) {}
ProductPrecision::~ProductPrecision() { current_precision = before_; }
Precision product_precision() { return current_precision; }

void round_weights(torch::nn::Module& module, Precision precision) {
  if (precision == Precision::kFloat32) return;
  const torch::NoGradGuard no_grad;
  module.apply([](torch::nn::Module& part) {
    if (auto* layer = part.as<torch::nn::Linear>())
      layer->weight.set_data(layer->weight.to(torch::kBFloat16));
  });
}

}  // namespace svgfusion::nn
