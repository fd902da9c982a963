// SPDX-License-Identifier: MIT
// GELU of one number, as activation.h has it, on the CPU and the GPU.
#pragma once

#include <cmath>

#include "svgfusion/kernels/activation.h"
#include "svgfusion/kernels/on_device.h"

namespace svgfusion::kernels {

SVGFUSION_ON_DEVICE inline float gelu_value(float v) {
  return v / (1 + expf(-kGelu * v * (1 + kGeluCubic * v * v)));
}

SVGFUSION_ON_DEVICE inline float gelu_slope(float v) {
  const float square = kGeluCubic * v * v;
  const float share = 1 / (1 + expf(-kGelu * v * (1 + square)));
  return share + v * share * (1 - share) * kGelu * (1 + 3 * square);
}

}  // namespace svgfusion::kernels
