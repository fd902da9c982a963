// SPDX-License-Identifier: MIT
// The variational bound of one denoising step and its gradient in one pass (Nichol and Dhariwal,
// "Improved Denoising Diffusion Probabilistic Models", 2021, section 3.1): the divergence between
// the true and the predicted posterior, or at timestep 0 the likelihood of x0 in bins of 2/255.
#pragma once

#include "svgfusion/kernels/parallel.h"

namespace svgfusion::kernels {

// Of one timestep: mean = x0_factor x0 + x_t_factor x_t, and the ends of the learned variance's
// range.
struct PosteriorRow {
  float x0_factor = 0;
  float x_t_factor = 0;
  float log_variance = 0;
  float log_beta = 0;
};

// B samples of T tokens of width D. Rows of x0 and x_t have no gaps; those of what the denoiser
// said may be halves of wider ones.
struct BoundInputs {
  const float* x0 = nullptr;
  const float* x_t = nullptr;
  const float* estimate = nullptr;  // of x0
  const float* variance = nullptr;  // -1 … 1 within the range
  std::int64_t estimate_stride = 0;
  std::int64_t variance_stride = 0;
  const std::int64_t* timesteps = nullptr;  // [B]
  const PosteriorRow* rows = nullptr;       // by timestep
  std::int64_t samples = 0, tokens = 0, width = 0;
};

// bound [B], bits a dimension; slope [B, T, D], the gradient of each sample's bound by `variance`.
void variational_bound(const BoundInputs& in, float* bound, float* slope, const Parallel& parallel);

}  // namespace svgfusion::kernels
