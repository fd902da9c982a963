// SPDX-License-Identifier: MIT
// The cross-entropy of one coordinate; svgfusion/kernels/coordinates.h says what it is.
#pragma once

#include <algorithm>
#include <cmath>

#include "instruction_set.h"
#include "vector.h"

namespace svgfusion::kernels {
namespace {

// Where a row of outputs puts its coordinate.
struct Place {
  float place, inverse;  // 1 / deviation

  Place(const float* outputs, const CoordinateHead& head) {
    const float q = outputs[head.values + 1];
    const float least = q < CoordinateHead::kLeast ? CoordinateHead::kLeast : q;
    const float clamped = least > head.most ? head.most : least;
    place = static_cast<float>(head.values / 2) + head.place_scale * outputs[head.values];
    inverse = std::exp(clamped) / head.start_deviation;
  }

  // Distances of the values from i on, in deviations.
  Vector distance(std::int64_t i) const {
    Vector v;
    for (int k = 0; k < kLanes; ++k) v[k] = static_cast<float>(k);
    return (v + (static_cast<float>(i) - place)) * inverse;
  }
  float logit(const float* outputs, std::int64_t v) const {
    const float d = (static_cast<float>(v) - place) * inverse;
    return outputs[v] - 0.5F * d * d;
  }
};

// body(value, share of the target) for the target and its two neighbours
template <class Body>
void for_target(std::int64_t target, const CoordinateHead& head, const Body& body) {
  body(target, 1 - head.smoothing);
  if (head.smoothing == 0) return;
  body(target > 0 ? target - 1 : 0, 0.5F * head.smoothing);
  body(target + 1 < head.values ? target + 1 : head.values - 1, 0.5F * head.smoothing);
}

float coordinate_loss(const float* outputs, std::int64_t target, float* log_sum,
                      const CoordinateHead& head) {
  if (target == kNoTarget) return *log_sum = 0;
  const Place place(outputs, head);
  const std::int64_t n = head.values;
  float largest = place.logit(outputs, 0);
  Vector largest_lanes = all(largest);
  std::int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    const Vector d = place.distance(i);
    largest_lanes = larger(largest_lanes, Whole().load(outputs + i) - 0.5F * d * d);
  }
  largest = largest_of(largest_lanes);
  for (std::int64_t v = i; v < n; ++v) {
    const float logit = place.logit(outputs, v);
    largest = logit > largest ? logit : largest;
  }
  Vector sums{};
  for (i = 0; i + kLanes <= n; i += kLanes) {
    const Vector d = place.distance(i);
    sums += exp_of(Whole().load(outputs + i) - 0.5F * d * d - largest);
  }
  float sum = sum_of(sums);
  for (; i < n; ++i) sum += std::exp(place.logit(outputs, i) - largest);
  *log_sum = largest + std::log(sum);
  float at_target = 0;
  for_target(target, head,
             [&](std::int64_t v, float share) { at_target += share * place.logit(outputs, v); });
  return *log_sum - at_target;
}

void coordinate_loss_gradient(float up, const float* outputs, std::int64_t target, float log_sum,
                              float* doutputs, const CoordinateHead& head) {
  const std::int64_t n = head.values;
  if (target == kNoTarget) {
    std::fill_n(doutputs, n + 2, 0.0F);
    return;
  }
  const Place place(outputs, head);
  float first = 0;
  float second = 0;
  Vector firsts{};
  Vector seconds{};
  std::int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    const Vector d = place.distance(i);
    const Vector g = up * exp_of(Whole().load(outputs + i) - 0.5F * d * d - log_sum);
    Whole().store(doutputs + i, g);
    firsts += g * d;
    seconds += g * d * d;
  }
  const auto add_one = [&](std::int64_t v, float g) {
    const float d = (static_cast<float>(v) - place.place) * place.inverse;
    first += g * d;
    second += g * d * d;
  };
  for (; i < n; ++i) {
    doutputs[i] = up * std::exp(place.logit(outputs, i) - log_sum);
    add_one(i, doutputs[i]);
  }
  for_target(target, head, [&](std::int64_t v, float share) {
    doutputs[v] -= up * share;
    add_one(v, -up * share);
  });
  first += sum_of(firsts);
  second += sum_of(seconds);
  const float q = outputs[n + 1];
  doutputs[n] = head.place_scale * place.inverse * first;
  doutputs[n + 1] = q >= CoordinateHead::kLeast && q <= head.most ? -second : 0;
}

}  // namespace
}  // namespace svgfusion::kernels
