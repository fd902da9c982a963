// SPDX-License-Identifier: MIT
#pragma once

#include <torch/types.h>

#include <vector>

#include "svgfusion/nn/late_gradients.h"

namespace svgfusion::nn {

// The Euclidean norm of all numbers of all tensors and of all `late` gradients, which only the CPU
// has: a float32 scalar on their device.
torch::Tensor norm_of_all(const std::vector<torch::Tensor>& tensors,
                          const std::vector<LateGradient>& late = {});

// What it is at most, on a CPU; far less work where there are `late` gradients. Not finite where
// one of their numbers is not.
double norm_bound(const std::vector<torch::Tensor>& tensors, const std::vector<LateGradient>& late);

}  // namespace svgfusion::nn
