// SPDX-License-Identifier: MIT
// Stands in for a CUDA device, so that the kernels' own source is tested where there is none: the
// threads of a block are threads of the CPU that meet at barriers, and blocks follow each other.
// Slow, but indices, shared memory and the order of steps are those of the device.
#pragma once

#include <barrier>
#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <thread>
#include <vector>

#define __global__
#define __device__
#define __shared__ static
#define SVGFUSION_SHARED_MEMORY(name) float* name = emulated::memory.data()

namespace svgfusion::kernels {

namespace emulated {

struct Index {
  unsigned x = 0;
};
inline std::unique_ptr<std::barrier<>> meeting;
inline std::vector<float> memory;     // shared by a block
inline std::vector<float> exchanged;  // of a shuffle

}  // namespace emulated

inline thread_local emulated::Index threadIdx, blockIdx;

inline void __syncthreads() { emulated::meeting->arrive_and_wait(); }

inline float __shfl_xor_sync(unsigned, float value, int step) {
  emulated::exchanged[threadIdx.x] = value;
  __syncthreads();
  const float other = emulated::exchanged[threadIdx.x ^ static_cast<unsigned>(step)];
  __syncthreads();
  return other;
}

template <class... Parameters>
void launch(void (*kernel)(Parameters...), std::int64_t blocks, int threads,
            std::int64_t shared_floats, const Stream&,
            typename Same<Parameters>::Type... arguments) {
  emulated::meeting = std::make_unique<std::barrier<>>(threads);
  emulated::exchanged.resize(static_cast<std::size_t>(threads));
  std::vector<std::thread> running;
  for (int t = 0; t < threads; ++t) {
    running.emplace_back([&, t] {
      threadIdx.x = static_cast<unsigned>(t);
      for (std::int64_t b = 0; b < blocks; ++b) {
        blockIdx.x = static_cast<unsigned>(b);
        // What was not written must not be read.
        if (t == 0) {
          emulated::memory.assign(static_cast<std::size_t>(shared_floats),
                                  std::numeric_limits<float>::quiet_NaN());
        }
        __syncthreads();
        kernel(arguments...);
        __syncthreads();
      }
    });
  }
  for (std::thread& thread : running) thread.join();
}

}  // namespace svgfusion::kernels
