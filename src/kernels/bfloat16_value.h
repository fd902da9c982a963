// SPDX-License-Identifier: MIT
// One number between float32 and bfloat16, on the CPU and the GPU.
#pragma once

#include <cstring>

#include "svgfusion/kernels/bfloat16.h"
#include "svgfusion/kernels/on_device.h"

namespace svgfusion::kernels {

SVGFUSION_ON_DEVICE inline float widened(Bfloat16 value) {
  const std::uint32_t bits = static_cast<std::uint32_t>(value) << 16;
  float out;
  memcpy(&out, &bits, sizeof out);
  return out;
}

// To the nearest, ties to even; what is not a number stays none.
SVGFUSION_ON_DEVICE inline Bfloat16 rounded(float value) {
  std::uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  if (value != value) return 0x7fc0;
  return static_cast<Bfloat16>((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
}

}  // namespace svgfusion::kernels
