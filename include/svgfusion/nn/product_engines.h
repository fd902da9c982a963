// SPDX-License-Identifier: MIT
// The libraries that can compute a float32 product on the CPU. None is the fastest everywhere, so
// `linear` chooses by processor and size; the rule is fixed, because results of different engines
// differ in their last bits and a resumed run must have those of an undisturbed one.
#pragma once

#include <torch/types.h>

#include <optional>

namespace svgfusion::nn {

// kernels: svgfusion/kernels/product.h, for few rows; libtorch: its default library; onednn: what
// at::linear takes for bfloat16 but not for float32.
enum class Engine { kKernels, kLibtorch, kOneDnn };
inline constexpr Engine kEngines[] = {Engine::kKernels, Engine::kLibtorch, Engine::kOneDnn};
bool is_available(Engine engine);
// Up to so many rows the kernels lead, by what tests/benchmarks/product_speed prints on processors
// with AVX2, AVX-512 and AVX512_BF16, and by whole training steps.
inline constexpr std::int64_t kFewRows = 128;

// All operands are contiguous.
// x [R, in], weight [out, in], bias [out] -> x weight^T + bias [R, out]
torch::Tensor product(Engine engine, const torch::Tensor& x, const torch::Tensor& weight,
                      const std::optional<torch::Tensor>& bias);
// up [R, out], weight [out, in] -> up weight [R, in]
torch::Tensor input_gradient(Engine engine, const torch::Tensor& up, const torch::Tensor& weight);
// up [R, out], x [R, in] -> up^T x [out, in]
torch::Tensor weight_gradient(Engine engine, const torch::Tensor& up, const torch::Tensor& x);
// up [R, out] -> the sum of its rows [out]: the gradient of a bias
torch::Tensor column_sum(const torch::Tensor& up);

}  // namespace svgfusion::nn
