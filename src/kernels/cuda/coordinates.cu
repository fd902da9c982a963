// SPDX-License-Identifier: MIT
// A block for each row of outputs.
#include "svgfusion/kernels/coordinates.h"

#include "launch.h"

namespace svgfusion::kernels {
namespace {

__device__ float clamped(float q, const CoordinateHead& head) {
  return q < CoordinateHead::kLeast ? CoordinateHead::kLeast : (q > head.most ? head.most : q);
}

struct Place {
  float place, inverse;  // 1 / deviation

  __device__ float distance(int v) const { return (static_cast<float>(v) - place) * inverse; }
  __device__ float logit(const float* free, int v) const {
    return free[v] - 0.5F * distance(v) * distance(v);
  }
};

__device__ Place place_of(const float* row, const CoordinateHead& head) {
  const int values = static_cast<int>(head.values);
  return {static_cast<float>(values / 2) + head.place_scale * row[values],
          expf(clamped(row[values + 1], head)) / head.start_deviation};
}

// The share of the target that value v has.
__device__ float share_of(int v, int target, const CoordinateHead& head) {
  const int last = static_cast<int>(head.values) - 1;
  const int low = target > 0 ? target - 1 : 0;
  const int high = target < last ? target + 1 : last;
  return (v == target ? 1 - head.smoothing : 0) + (v == low ? 0.5F * head.smoothing : 0) +
         (v == high ? 0.5F * head.smoothing : 0);
}

__global__ void loss_kernel(const float* outputs, const std::int64_t* targets, float* losses,
                            float* log_sums, CoordinateHead head) {
  const int values = static_cast<int>(head.values);
  const std::int64_t r = blockIdx.x;
  const float* row = outputs + r * (head.values + 2);
  const int target = static_cast<int>(targets[r]);
  if (target == kNoTarget) {
    if (threadIdx.x == 0) losses[r] = log_sums[r] = 0;
    return;
  }
  const Place place = place_of(row, head);
  float largest = place.logit(row, 0);
  for (int v = threadIdx.x; v < values; v += kThreads)
    largest = fmaxf(largest, place.logit(row, v));
  largest = block_largest(largest);
  float sum = 0;
  float at_target = 0;
  for (int v = threadIdx.x; v < values; v += kThreads) {
    const float logit = place.logit(row, v);
    sum += expf(logit - largest);
    at_target += share_of(v, target, head) * logit;
  }
  sum = block_sum(sum);
  at_target = block_sum(at_target);
  if (threadIdx.x == 0) {
    log_sums[r] = largest + logf(sum);
    losses[r] = log_sums[r] - at_target;
  }
}

__global__ void gradient_kernel(const float* up, const float* outputs, const std::int64_t* targets,
                                const float* log_sums, float* doutputs, CoordinateHead head) {
  const int values = static_cast<int>(head.values);
  const std::int64_t r = blockIdx.x;
  const float* row = outputs + r * (head.values + 2);
  float* to = doutputs + r * (head.values + 2);
  const int target = static_cast<int>(targets[r]);
  if (target == kNoTarget) {
    for (int v = threadIdx.x; v < values + 2; v += kThreads) to[v] = 0;
    return;
  }
  const Place place = place_of(row, head);
  float first = 0;
  float second = 0;
  for (int v = threadIdx.x; v < values; v += kThreads) {
    const float g =
        *up * (expf(place.logit(row, v) - log_sums[r]) - share_of(v, target, head));
    const float d = place.distance(v);
    to[v] = g;
    first += g * d;
    second += g * d * d;
  }
  first = block_sum(first);
  second = block_sum(second);
  if (threadIdx.x == 0) {
    const float q = row[values + 1];
    to[values] = head.place_scale * place.inverse * first;
    to[values + 1] = q >= CoordinateHead::kLeast && q <= head.most ? -second : 0;
  }
}

}  // namespace

void coordinate_loss(const float* outputs, const std::int64_t* targets, float* losses,
                     float* log_sums, std::int64_t rows, const CoordinateHead& head,
                     const Stream& stream) {
  launch(loss_kernel, rows, kThreads, 0, stream, outputs, targets, losses, log_sums, head);
}

void coordinate_loss_gradient(const float* up, const float* outputs, const std::int64_t* targets,
                              const float* log_sums, float* doutputs, std::int64_t rows,
                              const CoordinateHead& head, const Stream& stream) {
  launch(gradient_kernel, rows, kThreads, 0, stream, up, outputs, targets, log_sums, doutputs,
         head);
}

}  // namespace svgfusion::kernels
