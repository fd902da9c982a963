// SPDX-License-Identifier: MIT
// A warp for each row, which it holds in registers: every number is read once.
#include <type_traits>

#include "../gelu_value.h"
#include "svgfusion/kernels/branch.h"
#include "vectors.h"

namespace svgfusion::kernels {
namespace {

constexpr int kWarp = 32;
constexpr int kRowsOfABlock = kThreads / kWarp;

// The sum over a warp, known to all its threads; the order is fixed.
__device__ float warp_sum(float value) {
  for (int step = kWarp / 2; step > 0; step /= 2) value += __shfl_xor_sync(0xffffffffU, value, step);
  return value;
}

// Which row and, for each of its chunks of kBranchWidth columns, which columns a thread has. The
// warps past the last row repeat it and write nothing: all threads take part in sums.
struct Place {
  std::int64_t row;
  bool writes;
  int column;
};
__device__ Place place_among(std::int64_t rows) {
  const std::int64_t row = static_cast<std::int64_t>(blockIdx.x) * kRowsOfABlock +
                           static_cast<std::int64_t>(threadIdx.x / kWarp);
  return {row < rows ? row : rows - 1, row < rows,
          kVector * static_cast<int>(threadIdx.x % kWarp)};
}

__device__ int column_of(const Place& place, int chunk) {
  return place.column + chunk * static_cast<int>(kBranchWidth);
}

// All reads come before the first sum, which waits for them, and all writes after it, which reads
// may not pass: with few rows a launch takes as long as its reads that follow each other.
template <int kChunks>
__global__ void residual_norm_kernel(const float* x, BranchEnd branch, const Bfloat16* shift,
                                     const Bfloat16* scale, float epsilon, float* sum,
                                     float* statistics, Bfloat16* y, BranchSizes sizes) {
  constexpr int kWidth = kChunks * static_cast<int>(kBranchWidth);
  const Place place = place_among(sizes.samples);
  const std::int64_t first = place.row * kWidth;
  const std::int64_t modulation =
      (sizes.rows == nullptr ? place.row : sizes.rows[place.row]) * sizes.stride;
  Floats v[kChunks], a[kChunks], b[kChunks];
  for (int c = 0; c < kChunks; ++c) {
    const int column = column_of(place, c);
    a[c] = load(scale + modulation + column);
    b[c] = load(shift + modulation + column);
    v[c] = load(x + first + column);
    if (branch.h == nullptr) continue;
    const Floats h = load(branch.h + first + column), bias = load(branch.bias + column);
    const Floats gate = load(branch.gate + modulation + column);
    for (int i = 0; i < kVector; ++i) v[c].at[i] += gate.at[i] * (h.at[i] + bias.at[i]);
  }
  float total = 0;
  for (int c = 0; c < kChunks; ++c)
    for (int i = 0; i < kVector; ++i) total += v[c].at[i];
  const float mean = warp_sum(total) / kWidth;
  float squares = 0;
  for (int c = 0; c < kChunks; ++c)
    for (int i = 0; i < kVector; ++i) squares += (v[c].at[i] - mean) * (v[c].at[i] - mean);
  const float inverse = 1 / sqrtf(warp_sum(squares) / kWidth + epsilon);
  if (!place.writes) return;
  for (int c = 0; c < kChunks; ++c) {
    const int column = column_of(place, c);
    if (branch.h != nullptr) store(sum + first + column, v[c]);
    for (int i = 0; i < kVector; ++i)
      v[c].at[i] = (v[c].at[i] - mean) * inverse * (1 + a[c].at[i]) + b[c].at[i];
    store(y + first + column, v[c]);
  }
  if (place.column == 0) {
    statistics[2 * place.row] = mean;
    statistics[2 * place.row + 1] = inverse;
  }
}

template <int kChunks>
__global__ void residual_norm_gradient_kernel(const Bfloat16* up, bool is_last, const float* sum,
                                              const float* statistics, const Bfloat16* scale,
                                              BranchEnd branch, float* through, BranchGradients to,
                                              BranchSizes sizes) {
  constexpr int kWidth = kChunks * static_cast<int>(kBranchWidth);
  const Place place = place_among(sizes.samples);
  const std::int64_t first = place.row * kWidth, modulation = place.row * sizes.stride;
  const float mean = statistics[2 * place.row], inverse = statistics[2 * place.row + 1];
  Floats normal[kChunks], dy[kChunks], a[kChunks], dx[kChunks], h[kChunks]{}, gate[kChunks]{};
  for (int c = 0; c < kChunks; ++c) {
    const int column = column_of(place, c);
    normal[c] = load(sum + first + column);
    dy[c] = load(up + first + column);
    a[c] = load(scale + modulation + column);
    dx[c] = is_last ? Floats{} : load(through + first + column);
    if (branch.h == nullptr) continue;
    const Floats bias = load(branch.bias + column);
    gate[c] = load(branch.gate + modulation + column);
    h[c] = load(branch.h + first + column);
    for (int i = 0; i < kVector; ++i) h[c].at[i] += bias.at[i];
  }
  float total = 0, product = 0;
  for (int c = 0; c < kChunks; ++c) {
    for (int i = 0; i < kVector; ++i) {
      normal[c].at[i] = (normal[c].at[i] - mean) * inverse;
      a[c].at[i] = dy[c].at[i] * (1 + a[c].at[i]);
      total += a[c].at[i];
      product += a[c].at[i] * normal[c].at[i];
    }
  }
  total = warp_sum(total) / kWidth;
  product = warp_sum(product) / kWidth;
  if (!place.writes) return;
  for (int c = 0; c < kChunks; ++c) {
    const int column = column_of(place, c);
    for (int i = 0; i < kVector; ++i)
      dx[c].at[i] += (a[c].at[i] - total - normal[c].at[i] * product) * inverse;
    store(through + first + column, dx[c]);
    store(to.shift + modulation + column, dy[c]);
    for (int i = 0; i < kVector; ++i) dy[c].at[i] *= normal[c].at[i];
    store(to.scale + modulation + column, dy[c]);
    if (branch.h == nullptr) continue;
    for (int i = 0; i < kVector; ++i) {
      h[c].at[i] *= dx[c].at[i];
      gate[c].at[i] *= dx[c].at[i];
    }
    store(to.gate + modulation + column, h[c]);
    store(to.h + first + column, gate[c]);
  }
}

// A thread for each four numbers.
__global__ void gelu_kernel(const Bfloat16* x, const float* bias, Bfloat16* y, std::int64_t count,
                            int width) {
  const std::int64_t at = thread_number() * kVector;
  if (at >= count) return;
  Floats v = load(x + at);
  const Floats b = load(bias + at % width);
  for (int i = 0; i < kVector; ++i) v.at[i] = gelu_value(v.at[i] + b.at[i]);
  store(y + at, v);
}

__global__ void gelu_gradient_kernel(const Bfloat16* up, const Bfloat16* x, const float* bias,
                                     Bfloat16* dx, std::int64_t count, int width) {
  const std::int64_t at = thread_number() * kVector;
  if (at >= count) return;
  Floats g = load(up + at);
  const Floats v = load(x + at), b = load(bias + at % width);
  for (int i = 0; i < kVector; ++i) g.at[i] *= gelu_slope(v.at[i] + b.at[i]);
  store(dx + at, g);
}

template <int number>
using Constant = std::integral_constant<int, number>;

// body(Constant of the chunks of a row)
template <class Body>
void for_width(std::int64_t width, const Body& body) {
  switch (width / kBranchWidth) {
    case 1: return body(Constant<1>());
    case 2: return body(Constant<2>());
    case 3: return body(Constant<3>());
    case 4: return body(Constant<4>());
    case 5: return body(Constant<5>());
    case 6: return body(Constant<6>());
    case 7: return body(Constant<7>());
    default: return body(Constant<8>());
  }
}

std::int64_t blocks_of(const BranchSizes& s) {
  return (s.samples + kRowsOfABlock - 1) / kRowsOfABlock;
}

}  // namespace

void residual_norm(const float* x, const BranchEnd& branch, const Bfloat16* shift,
                   const Bfloat16* scale, float epsilon, float* sum, float* statistics, Bfloat16* y,
                   const BranchSizes& s, const Stream& stream) {
  for_width(s.width, [&](auto chunks) {
    launch(residual_norm_kernel<decltype(chunks)::value>, blocks_of(s), kThreads, 0, stream, x,
           branch, shift, scale, epsilon, sum, statistics, y, s);
  });
}

void residual_norm_gradient(const Bfloat16* up, bool is_last, const float* sum,
                            const float* statistics, const Bfloat16* scale, const BranchEnd& branch,
                            float* through, const BranchGradients& gradients, const BranchSizes& s,
                            const Stream& stream) {
  for_width(s.width, [&](auto chunks) {
    launch(residual_norm_gradient_kernel<decltype(chunks)::value>, blocks_of(s), kThreads, 0,
           stream, up, is_last, sum, statistics, scale, branch, through, gradients, s);
  });
}

void bias_gelu(const Bfloat16* x, const float* bias, Bfloat16* y, std::int64_t rows,
               std::int64_t width, const Stream& stream) {
  launch(gelu_kernel, blocks_for(rows * width / kVector), kThreads, 0, stream, x, bias, y,
         rows * width, static_cast<int>(width));
}

void bias_gelu_gradient(const Bfloat16* up, const Bfloat16* x, const float* bias, Bfloat16* dx,
                        std::int64_t rows, std::int64_t width, const Stream& stream) {
  launch(gelu_gradient_kernel, blocks_for(rows * width / kVector), kThreads, 0, stream, up, x, bias,
         dx, rows * width, static_cast<int>(width));
}

}  // namespace svgfusion::kernels
