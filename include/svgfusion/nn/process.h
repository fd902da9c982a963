// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace svgfusion::nn {

// What a program that works with tensors sets first: the number of threads, and that freed memory
// is kept (glibc). A step frees and takes the same blocks again, and giving them back to the kernel
// in between costs page faults every time.
void set_up_process(std::int64_t threads);

}  // namespace svgfusion::nn
