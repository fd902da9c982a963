// SPDX-License-Identifier: MIT
#pragma once

namespace svgfusion::base {

// Tells the allocator to keep freed memory: a training step frees and takes the same blocks again,
// and giving them back to the kernel in between costs page faults every step. For glibc; elsewhere
// nothing happens.
void keep_freed_memory();

}  // namespace svgfusion::base
