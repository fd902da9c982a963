// SPDX-License-Identifier: MIT
// Products of rows with rows, both read along their length: what a Gram matrix is made of.
#pragma once

#include "instruction_set.h"
#include "vector.h"

namespace svgfusion::kernels {
namespace {

constexpr int kDotRows = kLanes / kDotColumns;

// Lane i of the result is the sum of vector i, in log2(kLanes) steps: after step s each vector
// holds 2 s of them, and lanes whose numbers differ in bit s have been added.
inline Vector sums_of(const Vector (&all_sums)[kLanes]) {
  Vector v[kLanes];
  std::memcpy(&v, &all_sums, sizeof v);
  for (int step = 1, count = kLanes; step < kLanes; step *= 2, count /= 2) {
    Integers here{}, there{};
    for (int lane = 0; lane < kLanes; ++lane) {
      const int from = (lane & step) == 0 ? 0 : kLanes;
      here[lane] = from + lane;
      there[lane] = from + (lane ^ step);
    }
    for (int i = 0; i < count / 2; ++i)
      v[i] = __builtin_shuffle(v[2 * i], v[2 * i + 1], here) +
             __builtin_shuffle(v[2 * i], v[2 * i + 1], there);
  }
  return v[0];
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
  Whole().store(out, sums_of(sums));
}

constexpr DotLoops kDotLoops{kDotRows, dots<float>, dots<Pair>};

}  // namespace
}  // namespace svgfusion::kernels
