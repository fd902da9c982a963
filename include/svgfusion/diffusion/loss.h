// SPDX-License-Identifier: MIT
// The training loss of a denoiser, whatever it is. Shapes: x0 and noise [B, T, D].
#pragma once

#include <torch/types.h>

#include <functional>

#include "svgfusion/diffusion/process.h"

namespace svgfusion::diffusion {

// What a denoiser says about x_t.
struct Output {
  torch::Tensor prediction;  // [B, T, D]
  torch::Tensor variance;  // [B, T, D] in about [-1, 1]; undefined unless variance is learned_range
};

// x_t [B, T, D], model time [B] -> output.
using Denoise = std::function<Output(const torch::Tensor& x_t, const torch::Tensor& model_time)>;

struct LossTerms {
  torch::Tensor
      total;  // scalar: the weighted squared error, and the variational bound where learned
  torch::Tensor x0_error;  // [B]: mean squared error of the implied clean latent
  torch::Tensor bound;     // scalar, bits a dimension; only with learned variance
};

LossTerms denoising_loss(const Process& process, const Denoise& denoise, const torch::Tensor& x0,
                         const torch::Tensor& noise, const torch::Tensor& timesteps);

// Variational bound of one step in bits a dimension, [B] (Nichol and Dhariwal 2021, section 3.1):
// KL between the true and the predicted posterior, or at t = 0 the likelihood of x0 in bins of
// 1/127.5 over [-1, 1]. Gradients reach the variance only: `x0_estimate` is to be detached.
torch::Tensor variational_bound(const Process& process, const torch::Tensor& x0,
                                const torch::Tensor& x_t, const torch::Tensor& timesteps,
                                const torch::Tensor& x0_estimate, const torch::Tensor& variance);

}  // namespace svgfusion::diffusion
