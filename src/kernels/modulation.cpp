// SPDX-License-Identifier: MIT
#include "svgfusion/kernels/modulation.h"

#include <algorithm>

#include "tiles.h"

namespace svgfusion::kernels {
namespace {

// Of a number, about: most of it is waiting for the number itself.
constexpr std::int64_t kFlopsEach = 64;

// body(sample, first number of the sample)
template <class Body>
void for_samples(const TokenSizes& s, const Parallel& parallel, const Body& body) {
  const std::int64_t size = s.tokens * s.width;
  parallel(s.samples, grain_for(kFlopsEach * size), [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t b = begin; b < end; ++b) body(b, b * size);
  });
}

std::int64_t row_of(const TokenSizes& s, std::int64_t sample) {
  return s.rows == nullptr ? sample : s.rows[sample];
}

}  // namespace

void modulated_norm(const float* x, const float* shift, std::int64_t shift_stride,
                    const float* scale, std::int64_t scale_stride, float epsilon, float* y,
                    float* statistics, const TokenSizes& s, const Parallel& parallel) {
  for_samples(s, parallel, [&](std::int64_t b, std::int64_t first) {
    const std::int64_t row = row_of(s, b);
    for (std::int64_t t = 0; t < s.tokens; ++t) {
      float own[2];
      const std::int64_t at = first + t * s.width;
      best_set().rows.modulated_norm(
          x + at, shift + row * shift_stride, scale + row * scale_stride, epsilon, y + at,
          statistics != nullptr ? statistics + 2 * (b * s.tokens + t) : own, s.width);
    }
  });
}

void modulated_norm_gradient(const float* up, const float* x, const float* scale,
                             std::int64_t scale_stride, const float* statistics, float* dx,
                             float* dshift, float* dscale, const TokenSizes& s,
                             const Parallel& parallel) {
  for_samples(s, parallel, [&](std::int64_t b, std::int64_t first) {
    std::fill_n(dshift + b * s.width, s.width, 0.0F);
    std::fill_n(dscale + b * s.width, s.width, 0.0F);
    for (std::int64_t t = 0; t < s.tokens; ++t) {
      const std::int64_t at = first + t * s.width;
      best_set().rows.modulated_norm_gradient(up + at, x + at, scale + b * scale_stride,
                                              statistics + 2 * (b * s.tokens + t), dx + at,
                                              dshift + b * s.width, dscale + b * s.width, s.width);
    }
  });
}

void gated_residual(const float* x, const float* gate, std::int64_t gate_stride, const float* h,
                    float* y, const TokenSizes& s, const Parallel& parallel) {
  for_samples(s, parallel, [&](std::int64_t b, std::int64_t first) {
    const float* gates = gate + row_of(s, b) * gate_stride;
    for (std::int64_t t = 0; t < s.tokens; ++t) {
      const std::int64_t at = first + t * s.width;
      best_set().rows.gated_residual(x + at, gates, h + at, y + at, s.width);
    }
  });
}

void gated_residual_gradient(const float* up, const float* gate, std::int64_t gate_stride,
                             const float* h, float* dgate, float* dh, const TokenSizes& s,
                             const Parallel& parallel) {
  for_samples(s, parallel, [&](std::int64_t b, std::int64_t first) {
    std::fill_n(dgate + b * s.width, s.width, 0.0F);
    for (std::int64_t t = 0; t < s.tokens; ++t) {
      const std::int64_t at = first + t * s.width;
      best_set().rows.gated_residual_gradient(up + at, gate + b * gate_stride, h + at,
                                              dgate + b * s.width, dh + at, s.width);
    }
  });
}

}  // namespace svgfusion::kernels
