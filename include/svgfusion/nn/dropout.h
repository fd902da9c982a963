// SPDX-License-Identifier: MIT
// Dropout whose masks are drawn again for the gradient instead of being stored: each call takes one
// number from LibTorch's default generator of the CPU, whatever its size and device (so that a CUDA
// graph would drop the same elements at every replay: it is not for recorded steps).
#pragma once

#include <torch/types.h>

#include "svgfusion/kernels/dropout_draw.h"

namespace svgfusion::nn {

// Draws for the next call; of a probability of 0 nothing is taken from the generator.
kernels::Draw next_draw(double probability);

// base + drop(x) of one shape; `base` may be undefined.
torch::Tensor dropout(const torch::Tensor& x, double probability, const torch::Tensor& base = {});

// drop(max(x, 0))
torch::Tensor relu_dropout(const torch::Tensor& x, double probability);

}  // namespace svgfusion::nn
