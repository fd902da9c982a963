// SPDX-License-Identifier: MIT
#include "executor.h"

#include <ATen/Parallel.h>

#include <atomic>

#include "svgfusion/nn/kernel_use.h"
#ifdef SVGFUSION_WITH_CUDA_KERNELS
#include <c10/cuda/CUDAStream.h>
#endif

namespace svgfusion::nn {
namespace {

std::atomic<bool> uses_own{true};

}  // namespace

KernelUse::KernelUse(bool own) : before_(uses_own.exchange(own)) {}
KernelUse::~KernelUse() { uses_own = before_; }
bool uses_own_kernels() { return uses_own; }

void on_threads(std::int64_t count, std::int64_t grain,
                const std::function<void(std::int64_t, std::int64_t)>& body) {
  at::parallel_for(0, count, grain, body);
}

bool takes_kernels(const torch::Tensor& t) {
  if (!uses_own || t.scalar_type() != torch::kFloat || t.numel() == 0) return false;
#ifdef SVGFUSION_WITH_CUDA_KERNELS
  if (t.is_cuda()) return true;
#endif
  return t.is_cpu();
}

#ifdef SVGFUSION_WITH_CUDA_KERNELS
kernels::Stream current_stream() { return {c10::cuda::getCurrentCUDAStream().stream()}; }
#endif

}  // namespace svgfusion::nn
