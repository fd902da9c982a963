// SPDX-License-Identifier: MIT
// How the CPU kernels run on several threads: their caller brings the threads.
#pragma once

#include <cstdint>
#include <functional>

namespace svgfusion::kernels {

// Runs `body` over the ranges of [0, count), on several threads where it likes; a range is at least
// `grain` long. Kernels give the same bits for any cut into ranges.
using Parallel = std::function<void(std::int64_t count, std::int64_t grain,
                                    const std::function<void(std::int64_t, std::int64_t)>& body)>;

}  // namespace svgfusion::kernels
