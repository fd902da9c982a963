// SPDX-License-Identifier: MIT
// How the torch-free kernels meet tensors: what runs them, and pointers to contiguous floats.
#pragma once

#include <torch/types.h>

#include <functional>

#include "svgfusion/kernels/parallel.h"
#ifdef SVGFUSION_WITH_CUDA_KERNELS
#include "svgfusion/kernels/cuda.h"
#endif

namespace svgfusion::nn {

// LibTorch's threads: a kernels::Parallel.
void on_threads(std::int64_t count, std::int64_t grain,
                const std::function<void(std::int64_t, std::int64_t)>& body);

inline const float* data_of(const torch::Tensor& t) { return t.const_data_ptr<float>(); }

// Whether kernels of our own may take tensors like this one.
bool takes_kernels(const torch::Tensor& t);

#ifdef SVGFUSION_WITH_CUDA_KERNELS
kernels::Stream current_stream();
#endif

// body(executor): calls a kernel, of which there is one form for threads and one for a GPU's
// stream, where `like` lies.
template <class Body>
void run_kernel([[maybe_unused]] const torch::Tensor& like, const Body& body) {
#ifdef SVGFUSION_WITH_CUDA_KERNELS
  if (like.is_cuda()) return body(current_stream());
#endif
  body(kernels::Parallel(on_threads));
}

}  // namespace svgfusion::nn
