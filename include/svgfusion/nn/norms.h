// SPDX-License-Identifier: MIT
#pragma once

#include <torch/types.h>

#include <vector>

namespace svgfusion::nn {

// The Euclidean norm of all numbers of all tensors, a float32 scalar on their device.
torch::Tensor norm_of_all(const std::vector<torch::Tensor>& tensors);

}  // namespace svgfusion::nn
