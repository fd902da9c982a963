// SPDX-License-Identifier: MIT
#include "svgfusion/nn/gradient_places.h"

#include <atomic>

#include "flat_offset.h"
#include "svgfusion/base/error.h"

namespace svgfusion::nn {
namespace {

std::atomic<GradientPlaces*> current_places{nullptr};

}  // namespace

GradientPlaces::GradientPlaces(const torch::Tensor& values, const torch::Tensor& gradients)
    : values_(values), gradients_(gradients) {
  if (!gradients.defined()) return;
  SVGFUSION_CHECK(gradients.is_contiguous() && gradients.sizes() == values.sizes());
  SVGFUSION_CHECK(current_places.exchange(this) == nullptr, "one is there already");
}

GradientPlaces::~GradientPlaces() {
  if (gradients_.defined()) current_places = nullptr;
}

torch::Tensor GradientPlaces::take(const torch::Tensor& weight) {
  const torch::Tensor place = take(std::vector<torch::Tensor>{weight});
  return place.defined() ? place[0] : place;
}

torch::Tensor GradientPlaces::take(const std::vector<torch::Tensor>& weights) {
  GradientPlaces* const places = current_places;
  if (places == nullptr) return {};
  std::vector<std::int64_t> offsets;
  for (const torch::Tensor& weight : weights) {
    const auto offset = offset_in(places->values_, weight);
    if (!offset || places->taken_.count(*offset) != 0) return {};
    const bool is_even = offsets.size() < 2 || *offset - offsets.back() == offsets[1] - offsets[0];
    if (!is_even || weight.sizes() != weights[0].sizes()) return {};
    offsets.push_back(*offset);
  }
  places->taken_.insert(offsets.begin(), offsets.end());
  auto sizes = weights[0].sizes().vec(), strides = weights[0].strides().vec();
  sizes.insert(sizes.begin(), static_cast<std::int64_t>(offsets.size()));
  strides.insert(strides.begin(), offsets.size() > 1 ? offsets[1] - offsets[0] : 0);
  return places->gradients_.as_strided(sizes, strides, offsets[0]);
}

}  // namespace svgfusion::nn
