// SPDX-License-Identifier: MIT
#pragma once

#include <torch/types.h>

namespace svgfusion::nn {

// torch::empty [count] for numbers that every step walks through from end to end, as it does
// through all weights: on Linux it asks for large pages, since otherwise the walk waits for page
// tables.
torch::Tensor empty_on_large_pages(std::int64_t count, const torch::TensorOptions& options);

}  // namespace svgfusion::nn
