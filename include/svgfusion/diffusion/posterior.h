// SPDX-License-Identifier: MIT
// q(x_s | x_t, x0) of a variance-preserving process (Ho, Jain, Abbeel 2020, eq. 6 and 7), between
// any two levels s < t, neighbouring or not.
#pragma once

#include <torch/types.h>

namespace svgfusion::diffusion {

struct Posterior {
  torch::Tensor x0_factor;  // mean = x0_factor x0 + x_t_factor x_t
  torch::Tensor x_t_factor;
  torch::Tensor
      log_variance;  // of the posterior (beta tilde); at the last step that of the step before
  torch::Tensor log_beta;  // the other end of a learned variance's range
};

// All arguments broadcast. Where alpha_bar_next is 1 the variance is 0; `log_variance_if_zero`
// stands in for its logarithm, as the reference takes that of the step before.
Posterior posterior(const torch::Tensor& alpha_bar, const torch::Tensor& alpha_bar_next,
                    const torch::Tensor& log_variance_if_zero);

// Interpolates between the two log variances by v in [-1, 1] (Nichol and Dhariwal 2021, eq. 15).
torch::Tensor learned_log_variance(const torch::Tensor& v, const Posterior& posterior);

}  // namespace svgfusion::diffusion
