// SPDX-License-Identifier: MIT
// Four neighbouring numbers at once, which is what a thread of a memory-bound kernel should move.
#pragma once

#include "../bfloat16_value.h"
#include "launch.h"

namespace svgfusion::kernels {

inline constexpr int kVector = 4;

struct alignas(16) Floats {
  float at[kVector];
};
struct alignas(8) Halves {
  Bfloat16 at[kVector];
};

__device__ inline Floats load(const float* from) { return *reinterpret_cast<const Floats*>(from); }
__device__ inline Floats load(const Bfloat16* from) {
  const Halves halves = *reinterpret_cast<const Halves*>(from);
  Floats out;
  for (int i = 0; i < kVector; ++i) out.at[i] = widened(halves.at[i]);
  return out;
}

__device__ inline void store(float* to, const Floats& values) {
  *reinterpret_cast<Floats*>(to) = values;
}
__device__ inline void store(Bfloat16* to, const Floats& values) {
  Halves halves;
  for (int i = 0; i < kVector; ++i) halves.at[i] = rounded(values.at[i]);
  *reinterpret_cast<Halves*>(to) = halves;
}

__device__ inline void set(float& to, float value) { to = value; }
__device__ inline void set(Bfloat16& to, float value) { to = rounded(value); }

}  // namespace svgfusion::kernels
