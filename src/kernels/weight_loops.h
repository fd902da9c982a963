// SPDX-License-Identifier: MIT
// Numbers in bfloat16 and back, and the update of weights by AdamW.
#pragma once

#include "instruction_set.h"
#include "vector.h"

namespace svgfusion::kernels {
namespace {

void round(const float* x, Bfloat16* y, std::int64_t n) {
  for_lanes(n, [&](std::int64_t i, auto lanes) { lanes.store(y + i, rounded(lanes.load(x + i))); });
}

void widen(const Bfloat16* x, const float* bias, float* y, std::int64_t n) {
  for_lanes(n, [&](std::int64_t i, auto lanes) {
    const Vector value = widened(lanes.load(x + i));
    lanes.store(y + i, bias == nullptr ? value : value + lanes.load(bias + i));
  });
}

void pair_rows(const Bfloat16* even, const Bfloat16* odd, Pair* pairs, std::int64_t n) {
  for_lanes(n, [&](std::int64_t i, auto lanes) {
    lanes.store(pairs + i,
                pairs_of(lanes.load(even + i), odd == nullptr ? Halves{} : lanes.load(odd + i)));
  });
}

template <bool kAverages>
double adamw_of(const float* gradient, const WeightState& state, std::int64_t n,
                const AdamWFactors& f) {
  Vector squares{};
  for_lanes(n, [&](std::int64_t i, auto lanes) {
    const Vector g = lanes.load(gradient + i) * f.gradient_scale;
    squares += g * g;
    Vector m = lanes.load(state.first_moment + i);
    m += f.learn1 * (g - m);
    const Vector v = f.beta2 * lanes.load(state.second_moment + i) + f.learn2 * g * g;
    const Vector w = f.keep * lanes.load(state.values + i) -
                     f.step * m / (f.deviation_scale * root_of(v) + f.epsilon);
    lanes.store(state.first_moment + i, m);
    lanes.store(state.second_moment + i, v);
    lanes.store(state.values + i, w);
    if (state.rounded != nullptr) lanes.store(state.rounded + i, rounded(w));
    if constexpr (kAverages) {
      const Vector before = lanes.load(state.average + i);
      lanes.store(state.average + i, before + f.forgets * (w - before));
    }
  });
  return static_cast<double>(sum_of(squares));
}

double adamw(const float* gradient, const WeightState& state, std::int64_t n,
             const AdamWFactors& factors) {
  if (state.average != nullptr) return adamw_of<true>(gradient, state, n, factors);
  return adamw_of<false>(gradient, state, n, factors);
}

}  // namespace
}  // namespace svgfusion::kernels
