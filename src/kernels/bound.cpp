// SPDX-License-Identifier: MIT
#include "svgfusion/kernels/bound.h"

#include "bound_value.h"

namespace svgfusion::kernels {

void variational_bound(const BoundInputs& in, float* bound, float* slope,
                       const Parallel& parallel) {
  const std::int64_t size = in.tokens * in.width;
  const float scale = kBitsOfANat / static_cast<float>(size);
  parallel(in.samples, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t b = begin; b < end; ++b) {
      double sum = 0;
      for (std::int64_t i = 0; i < size; ++i) {
        const BoundValue found = bound_value(in, b, in.timesteps[b], i);
        sum += found.value;
        slope[b * size + i] = found.slope * scale;
      }
      bound[b] = static_cast<float>(sum) * scale;
    }
  });
}

}  // namespace svgfusion::kernels
