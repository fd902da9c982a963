// SPDX-License-Identifier: MIT
// Modulation, activation and dropout: limited by memory, so each reads and writes every number once
// (norms read theirs again, from a cache).
#include "../gelu_value.h"
#include "launch.h"

namespace svgfusion::kernels {
namespace {

__device__ std::int64_t row_of(const std::int64_t* rows, std::int64_t sample) {
  return rows == nullptr ? sample : rows[sample];
}

// A block for each token.
__global__ void norm_kernel(const float* x, const float* shift, std::int64_t shift_stride,
                            const float* scale, std::int64_t scale_stride, float epsilon, float* y,
                            float* statistics, std::int64_t tokens, int width,
                            const std::int64_t* rows) {
  const std::int64_t token = blockIdx.x;
  const std::int64_t row = row_of(rows, token / tokens);
  const float* from = x + token * width;
  float* to = y + token * width;
  const float* shift_row = shift + row * shift_stride;
  const float* scale_row = scale + row * scale_stride;
  float sum = 0;
  for (int i = threadIdx.x; i < width; i += kThreads) sum += from[i];
  const float mean = block_sum(sum) / width;
  float squares = 0;
  for (int i = threadIdx.x; i < width; i += kThreads)
    squares += (from[i] - mean) * (from[i] - mean);
  const float inverse = 1 / sqrtf(block_sum(squares) / width + epsilon);
  for (int i = threadIdx.x; i < width; i += kThreads)
    to[i] = (from[i] - mean) * inverse * (1 + scale_row[i]) + shift_row[i];
  if (statistics != nullptr && threadIdx.x == 0) {
    statistics[2 * token] = mean;
    statistics[2 * token + 1] = inverse;
  }
}

// A block for each sample, whose tokens share a shift and a scale: each column of their gradients
// belongs to one thread.
__global__ void norm_gradient_kernel(const float* up, const float* x, const float* scale,
                                     std::int64_t scale_stride, const float* statistics, float* dx,
                                     float* dshift, float* dscale, std::int64_t tokens, int width) {
  const std::int64_t sample = blockIdx.x;
  const float* scale_row = scale + sample * scale_stride;
  float* dshift_row = dshift + sample * width;
  float* dscale_row = dscale + sample * width;
  for (std::int64_t token = sample * tokens; token < (sample + 1) * tokens; ++token) {
    const float* up_row = up + token * width;
    const float* from = x + token * width;
    const float mean = statistics[2 * token];
    const float inverse = statistics[2 * token + 1];
    const bool is_first = token == sample * tokens;
    float sum = 0;
    float product = 0;
    for (int i = threadIdx.x; i < width; i += kThreads) {
      const float normal = (from[i] - mean) * inverse;
      const float g = up_row[i] * (1 + scale_row[i]);
      sum += g;
      product += g * normal;
      dshift_row[i] = (is_first ? 0 : dshift_row[i]) + up_row[i];
      dscale_row[i] = (is_first ? 0 : dscale_row[i]) + up_row[i] * normal;
    }
    const float mean_g = block_sum(sum) / width;
    const float mean_product = block_sum(product) / width;
    for (int i = threadIdx.x; i < width; i += kThreads) {
      const float normal = (from[i] - mean) * inverse;
      dx[token * width + i] =
          (up_row[i] * (1 + scale_row[i]) - mean_g - normal * mean_product) * inverse;
    }
  }
}

// A thread for each number.
__global__ void residual_kernel(const float* x, const float* gate, std::int64_t gate_stride,
                                const float* h, float* y, std::int64_t count, std::int64_t tokens,
                                int width, const std::int64_t* rows) {
  const std::int64_t i = thread_number();
  if (i >= count) return;
  y[i] = x[i] + gate[row_of(rows, i / width / tokens) * gate_stride + i % width] * h[i];
}

// A thread for each gate.
__global__ void residual_gradient_kernel(const float* up, const float* gate,
                                         std::int64_t gate_stride, const float* h, float* dgate,
                                         float* dh, std::int64_t gates, std::int64_t tokens,
                                         int width) {
  const std::int64_t number = thread_number();
  if (number >= gates) return;
  const std::int64_t sample = number / width;
  const std::int64_t column = number % width;
  const float own_gate = gate[sample * gate_stride + column];
  float sum = 0;
  for (std::int64_t token = sample * tokens; token < (sample + 1) * tokens; ++token) {
    const std::int64_t i = token * width + column;
    sum += up[i] * h[i];
    dh[i] = up[i] * own_gate;
  }
  dgate[number] = sum;
}

__global__ void gelu_kernel(const float* x, const float* bias, float* y, std::int64_t count,
                            int width) {
  const std::int64_t i = thread_number();
  if (i >= count) return;
  y[i] = gelu_value(x[i] + bias[i % width]);
}

__global__ void gelu_gradient_kernel(const float* up, const float* x, const float* bias, float* dx,
                                     std::int64_t count, int width) {
  const std::int64_t i = thread_number();
  if (i >= count) return;
  dx[i] = up[i] * gelu_slope(x[i] + bias[i % width]);
}

__global__ void dropout_kernel(const float* x, const float* base, float* y, std::int64_t count,
                               Draw draw) {
  const std::int64_t i = thread_number();
  if (i >= count) return;
  y[i] = (base == nullptr ? 0 : base[i]) + x[i] * dropout_factor(at_step(draw), i);
}

__global__ void relu_dropout_kernel(const float* x, float* y, std::int64_t count, Draw draw) {
  const std::int64_t i = thread_number();
  if (i >= count) return;
  y[i] = (x[i] < 0 ? 0 : x[i]) * dropout_factor(at_step(draw), i);
}

__global__ void relu_dropout_gradient_kernel(const float* up, const float* y, float* dx,
                                             std::int64_t count, float scale) {
  const std::int64_t i = thread_number();
  if (i >= count) return;
  dx[i] = y[i] > 0 ? up[i] * scale : 0;
}

std::int64_t count_of(const TokenSizes& s) { return s.samples * s.tokens * s.width; }

}  // namespace

void modulated_norm(const float* x, const float* shift, std::int64_t shift_stride,
                    const float* scale, std::int64_t scale_stride, float epsilon, float* y,
                    float* statistics, const TokenSizes& s, const Stream& stream) {
  launch(norm_kernel, s.samples * s.tokens, kThreads, 0, stream, x, shift, shift_stride, scale,
         scale_stride, epsilon, y, statistics, s.tokens, static_cast<int>(s.width), s.rows);
}

void modulated_norm_gradient(const float* up, const float* x, const float* scale,
                             std::int64_t scale_stride, const float* statistics, float* dx,
                             float* dshift, float* dscale, const TokenSizes& s,
                             const Stream& stream) {
  launch(norm_gradient_kernel, s.samples, kThreads, 0, stream, up, x, scale, scale_stride,
         statistics, dx, dshift, dscale, s.tokens, static_cast<int>(s.width));
}

void gated_residual(const float* x, const float* gate, std::int64_t gate_stride, const float* h,
                    float* y, const TokenSizes& s, const Stream& stream) {
  launch(residual_kernel, blocks_for(count_of(s)), kThreads, 0, stream, x, gate, gate_stride, h, y,
         count_of(s), s.tokens, static_cast<int>(s.width), s.rows);
}

void gated_residual_gradient(const float* up, const float* gate, std::int64_t gate_stride,
                             const float* h, float* dgate, float* dh, const TokenSizes& s,
                             const Stream& stream) {
  const std::int64_t gates = s.samples * s.width;
  launch(residual_gradient_kernel, blocks_for(gates), kThreads, 0, stream, up, gate, gate_stride, h,
         dgate, dh, gates, s.tokens, static_cast<int>(s.width));
}

void bias_gelu(const float* x, const float* bias, float* y, std::int64_t rows, std::int64_t width,
               const Stream& stream) {
  launch(gelu_kernel, blocks_for(rows * width), kThreads, 0, stream, x, bias, y, rows * width,
         static_cast<int>(width));
}

void bias_gelu_gradient(const float* up, const float* x, const float* bias, float* dx, float*,
                        std::int64_t rows, std::int64_t width, const Stream& stream) {
  launch(gelu_gradient_kernel, blocks_for(rows * width), kThreads, 0, stream, up, x, bias, dx,
         rows * width, static_cast<int>(width));
}

void dropout(const float* x, const float* base, float* y, std::int64_t count, const Draw& draw,
             const Stream& stream) {
  launch(dropout_kernel, blocks_for(count), kThreads, 0, stream, x, base, y, count, draw);
}

void relu_dropout(const float* x, float* y, std::int64_t count, const Draw& draw,
                  const Stream& stream) {
  launch(relu_dropout_kernel, blocks_for(count), kThreads, 0, stream, x, y, count, draw);
}

void relu_dropout_gradient(const float* up, const float* y, float* dx, std::int64_t count,
                           const Draw& draw, const Stream& stream) {
  launch(relu_dropout_gradient_kernel, blocks_for(count), kThreads, 0, stream, up, y, dx, count,
         draw.scale);
}

}  // namespace svgfusion::kernels
