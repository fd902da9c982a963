// SPDX-License-Identifier: MIT
// How a kernel is started, and what all kernels share. The tests compile the same files for the CPU
// with SVGFUSION_EMULATED_CUDA, where tests/kernels/emulated_cuda.h stands in for the device.
#pragma once

#include <cstdint>

#include "svgfusion/kernels/cuda.h"

namespace svgfusion::kernels {

// A parameter that is not deduced from its argument but converts it.
template <class T>
struct Same {
  using Type = T;
};

}  // namespace svgfusion::kernels

#ifdef SVGFUSION_EMULATED_CUDA
#include "kernels/emulated_cuda.h"
#else
#include <cuda_runtime.h>

#include <stdexcept>
#include <string>

#define SVGFUSION_SHARED_MEMORY(name) extern __shared__ float name[]

namespace svgfusion::kernels {

template <class... Parameters>
void launch(void (*kernel)(Parameters...), std::int64_t blocks, int threads,
            std::int64_t shared_floats, const Stream& stream,
            typename Same<Parameters>::Type... arguments) {
  if (blocks == 0) return;
  void* pointers[] = {const_cast<void*>(static_cast<const void*>(&arguments))...};
  const cudaError_t error =
      cudaLaunchKernel(reinterpret_cast<const void*>(kernel), dim3(static_cast<unsigned>(blocks)),
                       dim3(static_cast<unsigned>(threads)), pointers,
                       static_cast<std::size_t>(shared_floats) * sizeof(float),
                       static_cast<cudaStream_t>(stream.handle));
  if (error != cudaSuccess) {
    throw std::runtime_error(std::string("a CUDA kernel could not be started: ") +
                             cudaGetErrorString(error));
  }
}

}  // namespace svgfusion::kernels
#endif

namespace svgfusion::kernels {

inline constexpr int kThreads = 128;  // of a block: four warps

// The sum over a block's threads, known to all of them; the order is fixed.
__device__ inline float block_sum(float value) {
  __shared__ float of_warp[kThreads / 32];
  for (int step = 16; step > 0; step /= 2) value += __shfl_xor_sync(0xffffffffU, value, step);
  __syncthreads();  // an earlier sum has been read
  if (threadIdx.x % 32 == 0) of_warp[threadIdx.x / 32] = value;
  __syncthreads();
  float sum = 0;
  for (int warp = 0; warp < kThreads / 32; ++warp) sum += of_warp[warp];
  return sum;
}

__device__ inline float block_largest(float value) {
  __shared__ float of_warp[kThreads / 32];
  for (int step = 16; step > 0; step /= 2)
    value = fmaxf(value, __shfl_xor_sync(0xffffffffU, value, step));
  __syncthreads();
  if (threadIdx.x % 32 == 0) of_warp[threadIdx.x / 32] = value;
  __syncthreads();
  float largest = of_warp[0];
  for (int warp = 1; warp < kThreads / 32; ++warp) largest = fmaxf(largest, of_warp[warp]);
  return largest;
}

inline std::int64_t blocks_for(std::int64_t count) { return (count + kThreads - 1) / kThreads; }

// The number of the thread among all of the grid.
__device__ inline std::int64_t thread_number() {
  return static_cast<std::int64_t>(blockIdx.x) * kThreads + threadIdx.x;
}

}  // namespace svgfusion::kernels
