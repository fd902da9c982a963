// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <functional>

namespace svgfusion::dataset {

// Calls `work` on so many threads at once, this one among them. The first exception of any is
// thrown again when all have ended; `has_failed` tells the others to end early.
void run_in_parallel(int threads,
                     const std::function<void(const std::atomic<bool>& has_failed)>& work);

}  // namespace svgfusion::dataset
