// SPDX-License-Identifier: MIT
// The variational bound of a denoising step (kernels/bound.h) as one operation, where LibTorch
// would need two hundred small ones, forward and backward.
#pragma once

#include <torch/types.h>

namespace svgfusion::nn {

// Whether kernels of our own take it: float32 on a device that has them.
bool takes_bound(const torch::Tensor& x0);

// x0, x_t, estimate and variance f32 [B, T, D], timesteps i64 [B], rows f32 [steps, 4]: the factors
// of x0 and x_t, log variance and log beta of each timestep -> bits a dimension [B]. Gradients
// reach the variance only.
torch::Tensor variational_bound(const torch::Tensor& x0, const torch::Tensor& x_t,
                                const torch::Tensor& timesteps, const torch::Tensor& rows,
                                const torch::Tensor& estimate, const torch::Tensor& variance);

}  // namespace svgfusion::nn
