// SPDX-License-Identifier: MIT
// How the torch-free kernels meet tensors: LibTorch's threads, and pointers to contiguous floats.
#pragma once

#include <ATen/Parallel.h>
#include <torch/types.h>

#include <functional>

namespace svgfusion::nn {

inline void on_threads(std::int64_t count, std::int64_t grain,
                       const std::function<void(std::int64_t, std::int64_t)>& body) {
  at::parallel_for(0, count, grain, body);
}

inline const float* data_of(const torch::Tensor& t) { return t.const_data_ptr<float>(); }

// Whether kernels of our own may take these tensors.
inline bool on_cpu_in_floats(const torch::Tensor& t) {
  return t.is_cpu() && t.scalar_type() == torch::kFloat && t.numel() > 0;
}

}  // namespace svgfusion::nn
