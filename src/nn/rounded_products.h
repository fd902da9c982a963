// SPDX-License-Identifier: MIT
// Products of operands in bfloat16 by kernels of our own: their results are float32.
#pragma once

#include <torch/types.h>

#include <optional>

#include "svgfusion/kernels/bfloat16.h"

namespace svgfusion::nn {

inline const kernels::Bfloat16* rounded_data_of(const torch::Tensor& t) {
  return reinterpret_cast<const kernels::Bfloat16*>(t.const_data_ptr<at::BFloat16>());
}

inline kernels::Bfloat16* writable_rounded_data_of(const torch::Tensor& t) {
  return reinterpret_cast<kernels::Bfloat16*>(t.data_ptr<at::BFloat16>());
}

// Whether these kernels are the fastest for x [R, in] and weight [out, in] and their gradients.
bool takes_rounded_kernels(const torch::Tensor& x, const torch::Tensor& weight);

// All operands are contiguous; products are on a CPU.
torch::Tensor to_bfloat16(const torch::Tensor& x);
// The same numbers in float32, with the bias f32 [W] added to every row of x [R, W].
torch::Tensor to_float(const torch::Tensor& x, const std::optional<torch::Tensor>& bias);
// x [R, in], weight [out, in], bias f32 [out] -> [R, out]
torch::Tensor rounded_product(const torch::Tensor& x, const torch::Tensor& weight,
                              const std::optional<torch::Tensor>& bias);
// up [R, out], weight [out, in] -> up weight [R, in]
torch::Tensor rounded_input_gradient(const torch::Tensor& up, const torch::Tensor& weight);
// up [R, out], x [R, in] -> up^T x [out, in]
torch::Tensor rounded_weight_gradient(const torch::Tensor& up, const torch::Tensor& x);

}  // namespace svgfusion::nn
