// SPDX-License-Identifier: MIT
// Products of rows with rows, both read along their length: what a Gram matrix is made of.
#pragma once

#include <utility>

#include "instruction_set.h"
#include "vector.h"

namespace svgfusion::kernels {
namespace {

constexpr int kDotRows = kLanes / kDotColumns;

// Where lane i of a result comes from: lane i of one vector where i lacks the bit `step`, else of
// the next; or, of the same vector, the lane that differs in this bit.
constexpr int lane_from(int lane, int step, bool other) {
  return ((lane & step) == 0 ? 0 : kLanes) + (other ? lane ^ step : lane);
}

template <int Step, bool Other, std::size_t... Lanes>
Vector picked(const Vector& one, const Vector& next, std::index_sequence<Lanes...>) {
#if __has_builtin(__builtin_shufflevector)
  return __builtin_shufflevector(one, next, lane_from(Lanes, Step, Other)...);
#else  // GCC before 12
  return __builtin_shuffle(one, next, Integers{lane_from(Lanes, Step, Other)...});
#endif
}

// kLanes / Step vectors become half as many, each of which holds the sums of 2 Step: lanes whose
// numbers differ in the bit Step are added.
template <int Step>
inline void fold(Vector* v) {
  constexpr auto kAll = std::make_index_sequence<kLanes>();
#pragma GCC unroll 8
  for (int i = 0; i < kLanes / Step / 2; ++i) {
    v[i] = picked<Step, false>(v[2 * i], v[2 * i + 1], kAll) +
           picked<Step, true>(v[2 * i], v[2 * i + 1], kAll);
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
