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

void for_each_index(std::size_t count, std::int64_t grain,
                    const std::function<void(std::size_t)>& body) {
  at::parallel_for(0, static_cast<std::int64_t>(count), grain,
                   [&](std::int64_t begin, std::int64_t end) {
                     for (std::int64_t i = begin; i < end; ++i) body(static_cast<std::size_t>(i));
                   });
}

}  // namespace svgfusion::nn
