// SPDX-License-Identifier: MIT
// A block for each sample.
#include "../bound_value.h"
#include "launch.h"

namespace svgfusion::kernels {
namespace {

__global__ void bound_kernel(BoundInputs in, float* bound, float* slope) {
  const std::int64_t sample = blockIdx.x;
  const std::int64_t size = in.tokens * in.width;
  const std::int64_t t = in.timesteps[sample];
  const float scale = kBitsOfANat / static_cast<float>(size);
  float sum = 0;
  for (std::int64_t i = threadIdx.x; i < size; i += kThreads) {
    const BoundValue found = bound_value(in, sample, t, i);
    sum += found.value;
    slope[sample * size + i] = found.slope * scale;
  }
  sum = block_sum(sum);
  if (threadIdx.x == 0) bound[sample] = sum * scale;
}

}  // namespace

void variational_bound(const BoundInputs& in, float* bound, float* slope, const Stream& stream) {
  launch(bound_kernel, in.samples, kThreads, 0, stream, in, bound, slope);
}

}  // namespace svgfusion::kernels
