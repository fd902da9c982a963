// SPDX-License-Identifier: MIT
// The variational bound of one number, in nats, on the CPU and the GPU.
#pragma once

#include <cmath>

#include "svgfusion/kernels/bound.h"
#include "svgfusion/kernels/on_device.h"

namespace svgfusion::kernels {

inline constexpr float kBitsOfANat = 1.4426950409F;

struct BoundValue {
  float value;
  float slope;  // by the variance v
};

// KL between normal distributions of means `distance` apart (Ho, Jain, Abbeel 2020, eq. 5).
SVGFUSION_ON_DEVICE inline BoundValue divergence(float distance, const PosteriorRow& row, float v) {
  const float range = row.log_beta - row.log_variance;
  const float share = 0.5F * (v + 1);
  const float log_variance = share * row.log_beta + (1 - share) * row.log_variance;
  const float ratio = expf(row.log_variance - log_variance);
  const float square = distance * distance * expf(-log_variance);
  return {0.5F * (log_variance - row.log_variance - 1 + ratio + square),
          0.25F * range * (1 - ratio - square)};
}

// Tanh approximation of the normal distribution function (Page 1977), and its density.
struct NormalCdf {
  float value, density;
};
SVGFUSION_ON_DEVICE inline NormalCdf normal_cdf(float x) {
  constexpr float kRoot = 0.7978845608F;  // sqrt(2 / pi)
  constexpr float kCubic = 0.044715F;
  const float t = tanhf(kRoot * (x + kCubic * x * x * x));
  return {0.5F * (1 + t), 0.5F * (1 - t * t) * kRoot * (1 + 3 * kCubic * x * x)};
}

// Minus the log probability of the bin around x; the outermost bins reach to infinity (eq. 13).
SVGFUSION_ON_DEVICE inline BoundValue bin_cost(float x, float mean, const PosteriorRow& row,
                                               float v) {
  constexpr float kTiny = 1e-12F, kHalfBin = 1.0F / 255, kOutermost = 0.999F;
  const float range = row.log_beta - row.log_variance;
  const float share = 0.5F * (v + 1);
  const float inverse_sigma = expf(-0.5F * (share * row.log_beta + (1 - share) * row.log_variance));
  const float high = inverse_sigma * (x - mean + kHalfBin);
  const float low = inverse_sigma * (x - mean - kHalfBin);
  const NormalCdf upper = normal_cdf(high), lower = normal_cdf(low);
  // By log variance, every argument falls by half of itself.
  const float upper_slope = -0.5F * high * upper.density;
  const float lower_slope = -0.5F * low * lower.density;
  float inside = upper.value - lower.value, inside_slope = upper_slope - lower_slope;
  if (x < -kOutermost) {
    inside = upper.value;
    inside_slope = upper_slope;
  } else if (x > kOutermost) {
    inside = 1 - lower.value;
    inside_slope = -lower_slope;
  }
  if (inside < kTiny) return {-logf(kTiny), 0};
  return {-logf(inside), -inside_slope / inside * 0.5F * range};
}

// Of number `at` of a sample, whose timestep is `t`.
SVGFUSION_ON_DEVICE inline BoundValue bound_value(const BoundInputs& in, std::int64_t sample,
                                                  std::int64_t t, std::int64_t at) {
  const std::int64_t row = sample * in.tokens + at / in.width, column = at % in.width;
  const float x0 = in.x0[row * in.width + column];
  const float estimate = in.estimate[row * in.estimate_stride + column];
  const float v = in.variance[row * in.variance_stride + column];
  const PosteriorRow& step = in.rows[t];
  if (t > 0) return divergence(step.x0_factor * (x0 - estimate), step, v);
  const float x_t = in.x_t[row * in.width + column];
  return bin_cost(x0, step.x0_factor * estimate + step.x_t_factor * x_t, step, v);
}

}  // namespace svgfusion::kernels
