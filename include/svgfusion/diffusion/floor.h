// SPDX-License-Identifier: MIT
// What a perfect denoiser must still score. The clean latent cannot be known from x_t, so every
// loss has a floor above zero, and only a loss against its floor says whether training has failed.
#pragma once

#include <torch/types.h>

#include "svgfusion/diffusion/process.h"

namespace svgfusion::diffusion {

// Floors are by noise level in this many equal parts of a process's time, data first.
inline constexpr std::int64_t kTimeBuckets = 10;
// The part of each timestep, [B] i64.
torch::Tensor time_buckets(const Process& process, const torch::Tensor& timesteps);

// Variances along the principal axes of latents [N, ...], [T D] f64, by the covariance over N.
torch::Tensor covariance_spectrum(const torch::Tensor& latents);

// The least mean squared error of the clean latent, a dimension, [B] f64, for Gaussian latents with
// these variances: the mean over k of v_k s^2 / (a^2 v_k + s^2), the posterior variance.
torch::Tensor gaussian_floor(const torch::Tensor& variances, const Levels& levels);

// The factor from the error of the clean latent to the loss that denoising_loss measures.
torch::Tensor loss_weight(const Process& process, const Levels& levels);  // [B, 1, 1]

// The mean over the training distribution of timesteps and within each bucket.
struct Floor {
  double loss = 0;                // weighted as in training
  double x0_error = 0;            // of the clean latent, unweighted
  std::vector<double> bucket_x0;  // kTimeBuckets; NaN where no timestep falls
  double loss_error = 0;          // standard error of `loss`; 0 where it is exact
};

// Such means of errors of the clean latent, as they come.
class FloorAverage {
 public:
  explicit FloorAverage(const Process& process);
  void add(const torch::Tensor& timesteps, const torch::Tensor& x0_error);  // [B] each
  Floor take(bool is_exact) const;

 private:
  const Process& process_;
  torch::Tensor sums_, counts_;  // [kTimeBuckets] f64 on the host
  double loss_ = 0;
  double square_ = 0;
};

// Exact for processes in steps; the path's distribution of times is sampled `draws` times.
Floor gaussian_floor(const Process& process, const torch::Tensor& variances,
                     std::int64_t draws = 100000);

// The posterior mean of the clean latent of x_t [B, W] when it is one of `data` [N, W] with weight
// `prior` [B, N] (any scale; rows with a positive entry).
torch::Tensor posterior_mean(const torch::Tensor& x_t, const Levels& levels,
                             const torch::Tensor& data, const torch::Tensor& prior);

// The floor of a denoiser that has memorised `latents` [N, T, D]: the exact posterior over those of
// the label, or over all of them with chance `label_dropout`, by `draws` random latents, times and
// noises from the default generator.
Floor empirical_floor(const Process& process, const torch::Tensor& latents,
                      const torch::Tensor& labels, double label_dropout, std::int64_t draws);

}  // namespace svgfusion::diffusion
