// SPDX-License-Identifier: MIT
#include "svgfusion/diffusion/posterior.h"

namespace svgfusion::diffusion {

Posterior posterior(const torch::Tensor& alpha_bar, const torch::Tensor& alpha_bar_next,
                    const torch::Tensor& log_variance_if_zero) {
  const auto alpha = alpha_bar / alpha_bar_next;  // of the whole step
  const auto beta = 1 - alpha;
  Posterior out;
  out.x0_factor = beta * alpha_bar_next.sqrt() / (1 - alpha_bar);
  out.x_t_factor = (1 - alpha_bar_next) * alpha.sqrt() / (1 - alpha_bar);
  const auto variance = beta * (1 - alpha_bar_next) / (1 - alpha_bar);
  out.log_variance =
      torch::where(variance > 0, variance.clamp_min(1e-30).log(), log_variance_if_zero);
  out.log_beta = beta.clamp_min(1e-30).log();  // finite where a schedule has nothing left to take
  return out;
}

torch::Tensor learned_log_variance(const torch::Tensor& v, const Posterior& p) {
  const auto share = 0.5 * (v + 1);
  return share * p.log_beta + (1 - share) * p.log_variance;
}

}  // namespace svgfusion::diffusion
