// SPDX-License-Identifier: MIT
// The kernels on a CUDA device: the same functions with a stream in place of threads. Pointers are
// of the device; calls return before the work is done. They throw std::runtime_error when a kernel
// cannot be started.
#pragma once

#include "svgfusion/kernels/attention.h"
#include "svgfusion/kernels/coordinates.h"
#include "svgfusion/kernels/modulation.h"

namespace svgfusion::kernels {

struct Stream {
  void* handle = nullptr;  // a cudaStream_t
};

void modulated_norm(const float* x, const float* shift, std::int64_t shift_stride,
                    const float* scale, std::int64_t scale_stride, float epsilon, float* y,
                    float* statistics, const TokenSizes& sizes, const Stream& stream);
void modulated_norm_gradient(const float* up, const float* x, const float* scale,
                             std::int64_t scale_stride, const float* statistics, float* dx,
                             float* dshift, float* dscale, const TokenSizes& sizes,
                             const Stream& stream);
void gated_residual(const float* x, const float* gate, std::int64_t gate_stride, const float* h,
                    float* y, const TokenSizes& sizes, const Stream& stream);
void gated_residual_gradient(const float* up, const float* gate, std::int64_t gate_stride,
                             const float* h, float* dgate, float* dh, const TokenSizes& sizes,
                             const Stream& stream);

void bias_gelu(const float* x, const float* bias, float* y, std::int64_t rows, std::int64_t width,
               const Stream& stream);
// `dbias` must be null: sum dx over its rows instead.
void bias_gelu_gradient(const float* up, const float* x, const float* bias, float* dx, float* dbias,
                        std::int64_t rows, std::int64_t width, const Stream& stream);

void dropout(const float* x, const float* base, float* y, std::int64_t count, const Draw& draw,
             const Stream& stream);
void relu_dropout(const float* x, float* y, std::int64_t count, const Draw& draw,
                  const Stream& stream);
void relu_dropout_gradient(const float* up, const float* y, float* dx, std::int64_t count,
                           const Draw& draw, const Stream& stream);

void coordinate_loss(const float* outputs, const std::int64_t* targets, float* losses,
                     float* log_sums, std::int64_t rows, const CoordinateHead& head,
                     const Stream& stream);
void coordinate_loss_gradient(const float* up, const float* outputs, const std::int64_t* targets,
                              const float* log_sums, float* doutputs, std::int64_t rows,
                              const CoordinateHead& head, const Stream& stream);

// Whether groups so long fit a multiprocessor's shared memory, forward and backward.
bool fits_attention(std::int64_t longest, std::int64_t head_width);
// `sizes.offsets` is of the device.
void attention(const float* qkv, float* out, const AttentionSizes& sizes, const Stream& stream);
void attention_gradient(const float* up, const float* qkv, float* dqkv, const AttentionSizes& sizes,
                        const Stream& stream);

}  // namespace svgfusion::kernels
