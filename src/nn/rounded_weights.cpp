// SPDX-License-Identifier: MIT
#include "svgfusion/nn/rounded_weights.h"

#include <atomic>

#include "flat_offset.h"
#include "svgfusion/base/error.h"

namespace svgfusion::nn {
namespace {

std::atomic<RoundedWeights*> current_rounded{nullptr};

}  // namespace

RoundedWeights::RoundedWeights(const torch::Tensor& values, const torch::Tensor& rounded)
    : values_(values), rounded_(rounded) {
  if (!rounded.defined()) return;
  SVGFUSION_CHECK(rounded.scalar_type() == torch::kBFloat16 && rounded.numel() == values.numel());
  SVGFUSION_CHECK(current_rounded.exchange(this) == nullptr, "one is there already");
}

RoundedWeights::~RoundedWeights() {
  if (rounded_.defined()) current_rounded = nullptr;
}

torch::Tensor RoundedWeights::of(const torch::Tensor& weight) {
  const RoundedWeights* const all = current_rounded;
  if (all != nullptr) {
    if (const auto offset = offset_in(all->values_, weight))
      return all->rounded_.narrow(0, *offset, weight.numel()).view(weight.sizes());
  }
  return weight.to(torch::kBFloat16);
}

}  // namespace svgfusion::nn
