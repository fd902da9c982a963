// SPDX-License-Identifier: MIT
#include "svgfusion/base/memory.h"

#include <cstdlib>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace svgfusion::base {

void keep_freed_memory() {
#ifdef __GLIBC__
  constexpr int kNever = 1 << 30;  // bytes
  ::mallopt(M_TRIM_THRESHOLD, kNever);
  ::mallopt(M_MMAP_THRESHOLD, kNever);
#endif
}

}  // namespace svgfusion::base
