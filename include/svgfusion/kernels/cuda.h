// SPDX-License-Identifier: MIT
// The kernels on a CUDA device: the same functions with a stream in place of threads. Pointers are
// of the device; calls return before the work is done. They throw std::runtime_error when a kernel
// cannot be started.
#pragma once

#include "svgfusion/kernels/adamw.h"
#include "svgfusion/kernels/attention.h"
#include "svgfusion/kernels/bound.h"
#include "svgfusion/kernels/branch.h"
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

void residual_norm(const float* x, const BranchEnd& branch, const Bfloat16* shift,
                   const Bfloat16* scale, float epsilon, float* sum, float* statistics, Bfloat16* y,
                   const BranchSizes& sizes, const Stream& stream);
void residual_norm_gradient(const Bfloat16* up, bool is_last, const float* sum,
                            const float* statistics, const Bfloat16* scale, const BranchEnd& branch,
                            float* through, const BranchGradients& gradients,
                            const BranchSizes& sizes, const Stream& stream);
void bias_gelu(const Bfloat16* x, const float* bias, Bfloat16* y, std::int64_t rows,
               std::int64_t width, const Stream& stream);
void bias_gelu_gradient(const Bfloat16* up, const Bfloat16* x, const float* bias, Bfloat16* dx,
                        std::int64_t rows, std::int64_t width, const Stream& stream);

void dropout(const float* x, const float* base, float* y, std::int64_t count, const Draw& draw,
             const Stream& stream);
void relu_dropout(const float* x, float* y, std::int64_t count, const Draw& draw,
                  const Stream& stream);
void relu_dropout_gradient(const float* up, const float* y, float* dx, std::int64_t count,
                           const Draw& draw, const Stream& stream);

void variational_bound(const BoundInputs& in, float* bound, float* slope, const Stream& stream);

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

// What an update of a whole flat buffer follows from; made and used on the device.
struct UpdateFactors {
  bool is_finite = false;
  float gradient_scale = 1;  // by clipping
  float rate = 0, forgets = 0;
  float step = 0;               // the rate, corrected for the first moment's bias
  float second_correction = 1;  // of the second moment's bias
};
// The device's memory of updates.
struct UpdateMemory {
  static constexpr int kPartialSums = 1024;
  float* partial_sums = nullptr;  // [kPartialSums]
  UpdateFactors* factors = nullptr;
  float* updates = nullptr;        // made so far
  float* skipped = nullptr;        // in a row, since their norm was not finite
  float* gradient_norm = nullptr;  // of this step, before clipping
  const float* rate = nullptr;     // of this step, and how much the average forgets
  const float* forgets = nullptr;
};
// adamw (adamw.h) of a whole buffer of n numbers, of which the first `decayed` decay. Norm,
// clipping to `clip_norm` and the count of updates stay on the device, and rule's own rate,
// updates, gradient_scale and forgets are not looked at. Where the norm is not finite only the
// average moves. All buffers begin at a multiple of 16 bytes.
void adamw(const float* gradient, const WeightState& state, std::int64_t n, std::int64_t decayed,
           const AdamW& rule, double clip_norm, const UpdateMemory& memory, const Stream& stream);

}  // namespace svgfusion::kernels
