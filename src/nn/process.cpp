// SPDX-License-Identifier: MIT
#include "svgfusion/nn/process.h"

#include <ATen/Parallel.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace svgfusion::nn {

void set_up_process(std::int64_t threads) {
#ifdef __GLIBC__
  constexpr int kNever = 1 << 30;  // bytes
  ::mallopt(M_TRIM_THRESHOLD, kNever);
  ::mallopt(M_MMAP_THRESHOLD, kNever);
#endif
  at::set_num_threads(static_cast<int>(threads));
}

}  // namespace svgfusion::nn
