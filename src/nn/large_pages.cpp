// SPDX-License-Identifier: MIT
#include "svgfusion/nn/large_pages.h"

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace svgfusion::nn {

torch::Tensor empty_on_large_pages(std::int64_t count, const torch::TensorOptions& options) {
  auto out = torch::empty({count}, options);
#ifdef __linux__
  if (out.is_cpu()) {
    // Before anything is written: pages are given when they are first touched.
    constexpr std::uintptr_t kPage = 4096;
    const auto begin = reinterpret_cast<std::uintptr_t>(out.data_ptr());
    const std::uintptr_t first = (begin + kPage - 1) / kPage * kPage;
    const std::uintptr_t end = begin + out.nbytes();
    // A kernel that refuses leaves small pages, which are right too.
    if (first < end) ::madvise(reinterpret_cast<void*>(first), end - first, MADV_HUGEPAGE);
  }
#endif
  return out;
}

}  // namespace svgfusion::nn
