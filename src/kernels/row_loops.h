// SPDX-License-Identifier: MIT
// The loops over one row of numbers; svgfusion/kernels/*.h say what they compute.
#pragma once

#include <cmath>

#include "coordinate_loops.h"
#include "instruction_set.h"
#include "svgfusion/kernels/activation.h"
#include "vector.h"
#include "weight_loops.h"

namespace svgfusion::kernels {
namespace {

void bias_gelu(const float* x, const float* bias, float* y, std::int64_t n) {
  for_lanes(n, [&](std::int64_t i, auto lanes) {
    const Vector v = lanes.load(x + i) + lanes.load(bias + i);
    const Vector twice_u = kGelu * v * (1.0F + kGeluCubic * v * v);
    lanes.store(y + i, v / (1.0F + exp_of(-twice_u)));
  });
}

void bias_gelu_gradient(const float* up, const float* x, const float* bias, float* dx, float* dbias,
                        std::int64_t n) {
  for_lanes(n, [&](std::int64_t i, auto lanes) {
    const Vector v = lanes.load(x + i) + lanes.load(bias + i);
    const Vector square = kGeluCubic * v * v;
    const Vector share = 1.0F / (1.0F + exp_of(-kGelu * v * (1.0F + square)));
    const Vector slope = share + v * share * (1.0F - share) * kGelu * (1.0F + 3.0F * square);
    const Vector out = lanes.load(up + i) * slope;
    lanes.store(dx + i, out);
    lanes.store(dbias + i, lanes.load(dbias + i) + out);
  });
}

void modulated_norm(const float* x, const float* shift, const float* scale, float epsilon, float* y,
                    float* statistics, std::int64_t n) {
  const auto count = static_cast<float>(n);
  Vector sums{};
  for_lanes(n, [&](std::int64_t i, auto lanes) { sums += lanes.load(x + i); });
  const float mean = sum_of(sums) / count;
  Vector squares{};
  std::int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    const Vector d = Whole().load(x + i) - mean;
    squares += d * d;
  }
  float square = sum_of(squares);
  for (; i < n; ++i) square += (x[i] - mean) * (x[i] - mean);
  const float inverse = 1.0F / std::sqrt(square / count + epsilon);
  for_lanes(n, [&](std::int64_t k, auto lanes) {
    const Vector normal = (lanes.load(x + k) - mean) * inverse;
    lanes.store(y + k, normal * (1.0F + lanes.load(scale + k)) + lanes.load(shift + k));
  });
  statistics[0] = mean;
  statistics[1] = inverse;
}

// dx = (g - mean(g) - normal mean(g normal)) / deviation, g = up (1 + scale)
void modulated_norm_gradient(const float* up, const float* x, const float* scale,
                             const float* statistics, float* dx, float* dshift, float* dscale,
                             std::int64_t n) {
  const float mean = statistics[0];
  const float inverse = statistics[1];
  Vector sums{};
  Vector products{};
  for_lanes(n, [&](std::int64_t i, auto lanes) {
    const Vector gradient = lanes.load(up + i);
    const Vector normal = (lanes.load(x + i) - mean) * inverse;
    const Vector g = gradient * (1.0F + lanes.load(scale + i));
    sums += g;
    products += g * normal;
    lanes.store(dshift + i, lanes.load(dshift + i) + gradient);
    lanes.store(dscale + i, lanes.load(dscale + i) + gradient * normal);
  });
  const float sum = sum_of(sums) / static_cast<float>(n);
  const float product = sum_of(products) / static_cast<float>(n);
  for_lanes(n, [&](std::int64_t i, auto lanes) {
    const Vector normal = (lanes.load(x + i) - mean) * inverse;
    const Vector g = lanes.load(up + i) * (1.0F + lanes.load(scale + i));
    lanes.store(dx + i, (g - sum - normal * product) * inverse);
  });
}

void gated_residual(const float* x, const float* gate, const float* h, float* y, std::int64_t n) {
  for_lanes(n, [&](std::int64_t i, auto lanes) {
    lanes.store(y + i, lanes.load(x + i) + lanes.load(gate + i) * lanes.load(h + i));
  });
}

void gated_residual_gradient(const float* up, const float* gate, const float* h, float* dgate,
                             float* dh, std::int64_t n) {
  for_lanes(n, [&](std::int64_t i, auto lanes) {
    const Vector gradient = lanes.load(up + i);
    lanes.store(dgate + i, lanes.load(dgate + i) + gradient * lanes.load(h + i));
    lanes.store(dh + i, gradient * lanes.load(gate + i));
  });
}

// dropout_factor of a whole block of elements.
inline void draw_block(const Draw& draw, std::uint32_t block, float* factors) {
  constexpr int kHalf = kDrawBlock / 2;
  Bits number;
  for (int i = 0; i < kLanes; ++i) number[i] = block * kHalf + static_cast<std::uint32_t>(i);
  const Vector scale = all(draw.scale);
  for (int i = 0; i < kHalf; i += kLanes) {
    Bits h = number + (draw.key[0] + static_cast<std::uint32_t>(i));
    h = (h ^ (h >> 16)) * 0x7feb352dU + draw.key[1];
    h = (h ^ (h >> 15)) * 0x846ca68bU;
    h ^= h >> 16;
    // Signed comparisons are what all sets have; halves of 16 bits are never negative.
    const auto threshold = static_cast<std::int32_t>(draw.threshold);
    const Integers low = reinterpret_cast<Integers>(h & 0xffffU);
    const Integers high = reinterpret_cast<Integers>(h >> 16);
    Whole().store(factors + i, low < threshold ? Vector{} : scale);
    Whole().store(factors + kHalf + i, high < threshold ? Vector{} : scale);
  }
}

template <class Body>  // body(i, lanes, factor)
void for_drawn(std::int64_t first, std::int64_t n, const Draw& draw, const Body& body) {
  float factors[kDrawBlock];
  for (std::int64_t begin = 0; begin < n; begin += kDrawBlock) {
    draw_block(draw, static_cast<std::uint32_t>((first + begin) / kDrawBlock), factors);
    const std::int64_t count = n - begin < kDrawBlock ? n - begin : kDrawBlock;
    for_lanes(count, [&](std::int64_t i, auto lanes) {
      body(begin + i, lanes, Whole().load(factors + i));
    });
  }
}

void dropout(const float* x, const float* base, float* y, std::int64_t first, std::int64_t n,
             const Draw& draw) {
  for_drawn(first, n, draw, [&](std::int64_t i, auto lanes, Vector factor) {
    const Vector kept = lanes.load(x + i) * factor;
    lanes.store(y + i, base == nullptr ? kept : lanes.load(base + i) + kept);
  });
}

inline Vector relu(Vector v) { return v < 0.0F ? Vector{} : v; }  // NaN stays NaN

void relu_dropout(const float* x, float* y, std::int64_t first, std::int64_t n, const Draw& draw) {
  if (draw.threshold == 0) {
    for_lanes(n, [&](std::int64_t i, auto lanes) { lanes.store(y + i, relu(lanes.load(x + i))); });
    return;
  }
  for_drawn(first, n, draw, [&](std::int64_t i, auto lanes, Vector factor) {
    lanes.store(y + i, relu(lanes.load(x + i)) * factor);
  });
}

void relu_dropout_gradient(const float* up, const float* y, float* dx, std::int64_t n,
                           float scale) {
  for_lanes(n, [&](std::int64_t i, auto lanes) {
    lanes.store(dx + i, lanes.load(y + i) > Vector{} ? lanes.load(up + i) * scale : Vector{});
  });
}

void softmax(float* x, float scale, std::int64_t n) {
  float largest = x[0];
  std::int64_t i = 0;
  if (n >= kLanes) {
    Vector largest_lanes = Whole().load(x);
    for (; i + kLanes <= n; i += kLanes) largest_lanes = larger(largest_lanes, Whole().load(x + i));
    largest = largest_of(largest_lanes);
  }
  for (; i < n; ++i) largest = x[i] > largest ? x[i] : largest;
  float sum = 0;
  Vector sums{};
  for_lanes(n, [&](std::int64_t k, auto lanes) {
    lanes.store(x + k, exp_of((lanes.load(x + k) - largest) * scale));
    sums += lanes.load(x + k);
  });
  sum = sum_of(sums);
  const float inverse = 1 / sum;
  for_lanes(n,
            [&](std::int64_t k, auto lanes) { lanes.store(x + k, lanes.load(x + k) * inverse); });
}

void softmax_gradient(const float* weights, float* gradient, float scale, std::int64_t n) {
  Vector sums{};
  for_lanes(n, [&](std::int64_t i, auto lanes) {
    sums += lanes.load(weights + i) * lanes.load(gradient + i);
  });
  const float sum = sum_of(sums);
  for_lanes(n, [&](std::int64_t i, auto lanes) {
    lanes.store(gradient + i, lanes.load(weights + i) * (lanes.load(gradient + i) - sum) * scale);
  });
}

void add(const float* x, float* to, std::int64_t n) {
  for_lanes(n, [&](std::int64_t i, auto lanes) {
    lanes.store(to + i, lanes.load(to + i) + lanes.load(x + i));
  });
}

inline Vector as_floats(Vector v) { return v; }
inline Vector as_floats(Halves v) { return widened(v); }

// Floats over short runs, which are summed in double.
template <class Number>
double square_sum_of(const Number* x, std::int64_t n) {
  constexpr std::int64_t kRun = 1024;
  double total = 0;
  for (std::int64_t begin = 0; begin < n; begin += kRun) {
    Vector sums[4] = {};
    std::int64_t i = begin;
    const std::int64_t end = begin + kRun < n ? begin + kRun : n;
    for (; i + 4 * kLanes <= end; i += 4 * kLanes) {
#pragma GCC unroll 4
      for (int k = 0; k < 4; ++k) {
        const Vector v = as_floats(Whole().load(x + i + k * kLanes));
        sums[k] += v * v;
      }
    }
    for_lanes(end - i, [&](std::int64_t k, auto lanes) {
      const Vector v = as_floats(lanes.load(x + i + k));
      sums[0] += v * v;
    });
    total += static_cast<double>(sum_of((sums[0] + sums[1]) + (sums[2] + sums[3])));
  }
  return total;
}

double square_sum(const float* x, std::int64_t n) { return square_sum_of(x, n); }
double rounded_square_sum(const Bfloat16* x, std::int64_t n) { return square_sum_of(x, n); }

constexpr RowLoops kRowLoops{bias_gelu,
                             bias_gelu_gradient,
                             modulated_norm,
                             modulated_norm_gradient,
                             gated_residual,
                             gated_residual_gradient,
                             dropout,
                             relu_dropout,
                             relu_dropout_gradient,
                             softmax,
                             softmax_gradient,
                             coordinate_loss,
                             coordinate_loss_gradient,
                             add,
                             square_sum,
                             rounded_square_sum,
                             round,
                             widen,
                             pair_rows,
                             adamw};

}  // namespace
}  // namespace svgfusion::kernels
