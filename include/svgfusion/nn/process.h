// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

namespace svgfusion::nn {

// What a program that works with tensors sets first: the number of threads, and that freed memory
// is kept (glibc). A step frees and takes the same blocks again, and giving them back to the kernel
// in between costs page faults every time.
void set_up_process(std::int64_t threads);

// Calls body(i) for each i below `count`, on those threads; each takes at least `grain` in a row.
void for_each_index(std::size_t count, std::int64_t grain,
                    const std::function<void(std::size_t)>& body);

}  // namespace svgfusion::nn
