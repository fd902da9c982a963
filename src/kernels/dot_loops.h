// SPDX-License-Identifier: MIT
// Products of rows with rows, both read along their length: what a Gram matrix is made of.
#pragma once

#include <array>

#include "instruction_set.h"
#include "vector.h"

namespace svgfusion::kernels {
namespace {

constexpr int kDotRows = kLanes / kDotColumns;

// For lane i of a result: lane i of one vector where i lacks the bit `step`, else of the next; or,
// of the same vector, the lane that differs in this bit.
constexpr std::array<std::int32_t, kLanes> lanes_from(int step, bool other) {
  std::array<std::int32_t, kLanes> out{};
  for (int lane = 0; lane < kLanes; ++lane) {
    const int vector = (lane & step) == 0 ? 0 : 1;
    out[static_cast<std::size_t>(lane)] = vector * kLanes + (other ? lane ^ step : lane);
  }
  return out;
}

// kLanes / Step vectors become half as many, each of which holds the sums of 2 Step: lanes whose
// numbers differ in the bit Step are added.
template <int Step>
inline void fold(Vector* v) {
  static constexpr auto kHere = lanes_from(Step, false);
  static constexpr auto kThere = lanes_from(Step, true);
  const auto here = bits_as<Integers>(kHere);
  const auto there = bits_as<Integers>(kThere);
#pragma GCC unroll 8
  for (int i = 0; i < kLanes / Step / 2; ++i) {
    v[i] = __builtin_shuffle(v[2 * i], v[2 * i + 1], here) +
           __builtin_shuffle(v[2 * i], v[2 * i + 1], there);
  }
  if constexpr (2 * Step < kLanes) fold<2 * Step>(v);
}

template <class Cell>
void dots(const Cell* const* a, const Cell* const* b, std::int64_t depth, float* out) {
  Vector sums[kLanes] = {};
  for_lanes(depth, [&](std::int64_t k, auto lanes) {
    VectorOf<Cell> right[kDotColumns];
    for (int c = 0; c < kDotColumns; ++c) right[c] = lanes.load(b[c] + k);
    for (int r = 0; r < kDotRows; ++r) {
      const VectorOf<Cell> left = lanes.load(a[r] + k);
      for (int c = 0; c < kDotColumns; ++c)
        sums[r * kDotColumns + c] = add_product(sums[r * kDotColumns + c], left, right[c]);
    }
  });
  fold<1>(sums);
  Whole().store(out, sums[0]);  // lane i: the sum of vector i
}

constexpr DotLoops kDotLoops{kDotRows, dots<float>, dots<Pair>};

}  // namespace
}  // namespace svgfusion::kernels
