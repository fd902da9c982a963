// SPDX-License-Identifier: MIT
#include "svgfusion/diffusion/loss.h"

#include <cmath>
#include <numbers>

#include "svgfusion/base/error.h"
#include "svgfusion/diffusion/posterior.h"
#include "svgfusion/nn/bound.h"

namespace svgfusion::diffusion {
namespace {

torch::Tensor mean_of_rest(const torch::Tensor& x) {
  return x.flatten(1).mean(1);
}  // [B, T, D] -> [B]

// KL(N(m1, e^l1) || N(m2, e^l2)) in nats.
torch::Tensor gaussian_kl(const torch::Tensor& m1, const torch::Tensor& l1, const torch::Tensor& m2,
                          const torch::Tensor& l2) {
  return 0.5 * (-1 + l2 - l1 + (l1 - l2).exp() + (m1 - m2).square() * (-l2).exp());
}

// Tanh approximation of the normal distribution function (Page 1977), which the reference uses.
torch::Tensor normal_cdf(const torch::Tensor& x) {
  return 0.5 * (1 + torch::tanh(std::sqrt(2 / std::numbers::pi) * (x + 0.044715 * x.pow(3))));
}

// Ho, Jain, Abbeel 2020, eq. 13: the log probability of the bin of 2/255 around x; the outermost
// bins reach to infinity.
torch::Tensor binned_log_likelihood(const torch::Tensor& x, const torch::Tensor& mean,
                                    const torch::Tensor& log_sigma) {
  constexpr double kTiny = 1e-12;
  const auto centred = x - mean;
  const auto inverse_sigma = (-log_sigma).exp();
  const auto upper = normal_cdf(inverse_sigma * (centred + 1.0 / 255));
  const auto lower = normal_cdf(inverse_sigma * (centred - 1.0 / 255));
  const auto log_upper = upper.clamp_min(kTiny).log();
  const auto log_above = (1 - lower).clamp_min(kTiny).log();
  return torch::where(x < -0.999, log_upper,
                      torch::where(x > 0.999, log_above, (upper - lower).clamp_min(kTiny).log()));
}

}  // namespace

torch::Tensor variational_bound(const Process& process, const torch::Tensor& x0,
                                const torch::Tensor& x_t, const torch::Tensor& timesteps,
                                const torch::Tensor& x0_estimate, const torch::Tensor& variance) {
  SVGFUSION_CHECK(process.is_discrete() && process.posterior_table().defined());
  const auto table = process.posterior_table().to(x0.device());
  if (nn::takes_bound(x0))
    return nn::variational_bound(x0, x_t, timesteps, table, x0_estimate, variance);
  const auto columns =
      table.index_select(0, timesteps).to(x0.dtype()).view({-1, 1, 1, 4}).unbind(3);
  const Posterior q{columns[0], columns[1], columns[2], columns[3]};
  const auto true_mean = q.x0_factor * x0 + q.x_t_factor * x_t;
  const auto mean = q.x0_factor * x0_estimate + q.x_t_factor * x_t;
  const auto log_variance = learned_log_variance(variance, q);
  const auto kl = mean_of_rest(gaussian_kl(true_mean, q.log_variance, mean, log_variance));
  const auto nll = mean_of_rest(-binned_log_likelihood(x0, mean, 0.5 * log_variance));
  return torch::where(timesteps.eq(0), nll, kl) / std::numbers::ln2;
}

LossTerms denoising_loss(const Process& process, const Denoise& denoise, const torch::Tensor& x0,
                         const torch::Tensor& noise, const torch::Tensor& timesteps) {
  const DiffusionConfig& config = process.config();
  const Prediction prediction = prediction_from(config.prediction);
  const Prediction space = prediction_from(config.loss_weight);
  const bool is_path = !process.is_discrete();
  const Levels levels = process.levels(timesteps);
  const auto x_t = add_noise(x0, noise, levels);
  const Output output = denoise(x_t, process.model_time(timesteps));

  LossTerms terms;
  const auto x0_estimate = estimate_x0(prediction, is_path, x_t, output.prediction, levels);
  terms.x0_error = mean_of_rest((x0_estimate - x0).square()).detach();
  if (prediction == space) {  // the plain error, without a detour through x0 that would lose digits
    const auto target = training_target(prediction, is_path, x0, noise, levels);
    terms.total = (output.prediction - target).square().mean();
  } else {
    terms.total =
        (x0_error_weight(space, levels, config.min_noise) * (x0_estimate - x0).square()).mean();
  }
  if (output.variance.defined()) {
    terms.bound =
        variational_bound(process, x0, x_t, timesteps, x0_estimate.detach(), output.variance)
            .mean();
    terms.total = terms.total + terms.bound;
  }
  return terms;
}

}  // namespace svgfusion::diffusion
