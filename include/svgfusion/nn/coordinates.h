// SPDX-License-Identifier: MIT
// Coordinates as classes whose logits are free ones plus those of a normal distribution about a
// predicted place (kernels/coordinates.h): the second learns quickly where, the first exactly
// which.
#pragma once

#include <torch/types.h>

#include "svgfusion/kernels/coordinates.h"

namespace svgfusion::nn {

using kernels::CoordinateHead;

// outputs [.., V + 2] -> logits [.., V]
torch::Tensor coordinate_logits(const torch::Tensor& outputs, const CoordinateHead& head);

// The sum over all rows of cross-entropy for targets [..] i64 in [0, V), of which the two
// neighbours have a share (head.smoothing), kernels::kNoTarget where a row does not count; with its
// gradient.
torch::Tensor coordinate_loss(const torch::Tensor& outputs, const torch::Tensor& targets,
                              const CoordinateHead& head);

}  // namespace svgfusion::nn
