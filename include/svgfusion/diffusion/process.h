// SPDX-License-Identifier: MIT
// The one owner of the noise formulas.
//
// A process mixes data x0 and noise e as x_t = a x0 + s e:
//   in steps  a = sqrt(alpha_bar_t), s = sqrt(1 - alpha_bar_t), t = 0 … steps - 1 (Ho, Jain, Abbeel
//             2020, eq. 4), by one of several schedules of beta
//   path      a = t, s = 1 - t, t in [0, 1], t = 1 is data (Liu, Gong, Liu 2022)
// Everything below works on a and s alone, so samplers and losses need not know which it is.
#pragma once

#include <torch/types.h>

#include <optional>
#include <string>
#include <vector>

#include "svgfusion/diffusion/diffusion_config.h"

namespace svgfusion::diffusion {

enum class Prediction { kNoise, kSample, kVelocity, kScore };
Prediction prediction_from(const std::string& name);

// How much data and noise is in x_t. As scalars for a sampler, as [B, 1, 1] tensors for a loss.
struct Level {
  double signal = 1;  // a
  double noise = 0;   // s
};
struct Levels {
  torch::Tensor signal;
  torch::Tensor noise;
};

class Process {
 public:
  explicit Process(const DiffusionConfig& config);

  const DiffusionConfig& config() const { return config_; }
  bool is_discrete() const { return config_.schedule != "path"; }
  std::int64_t steps() const { return config_.steps; }

  // Keeps the tables on the device that losses are computed on, so that looking into them does not
  // wait for a copy.
  void to(torch::Device device);

  // Discrete only: alpha_bar of every step, in double.
  const std::vector<double>& alpha_bars() const { return alpha_bars_; }
  // Of every step, f32 [steps, 4]: the factors of x0 and x_t in the mean of the posterior over the
  // step, the logarithm of its variance, and log beta (posterior.h). Defined from two steps on.
  const torch::Tensor& posterior_table() const { return posterior_table_; }

  // Timesteps to train on: [B], i64 for discrete processes, f32 for the path.
  torch::Tensor draw_timesteps(std::int64_t count, torch::Device device) const;
  Levels levels(const torch::Tensor& timesteps) const;
  // What a denoiser's time embedding sees: about 0 at data, about 1000 at noise.
  torch::Tensor model_time(const torch::Tensor& timesteps) const;

  // A point of a sampler's way from noise to data.
  struct Stop {
    Level level;
    double model_time = 0;
    std::int64_t timestep = -1;  // discrete only; -1 past the last: clean data
  };
  // `count` + 1 stops from pure noise to data. Discrete: every steps / count-th timestep from the
  // top, as respacing in "Improved Denoising Diffusion" does; the last stop is data. `spacing`,
  // where it is not empty, says which timesteps instead (space_timesteps).
  std::vector<Stop> stops(std::int64_t count, const std::string& spacing = {}) const;

 private:
  DiffusionConfig config_;
  std::vector<double> alpha_bars_;
  torch::Tensor posterior_table_;
  torch::Tensor signal_table_, noise_table_;  // [steps] f32
};

// alpha_bar of the named schedule: the product of 1 - beta, with beta at most 0.999.
std::vector<double> make_alpha_bars(const DiffusionConfig& config);

// The schedule as text, a line a timestep with tabs between: time, beta, alpha_bar, signal, noise.
// The path, which has no timesteps, at 101 points.
std::string schedule_table(const Process& process);

// `count` of `steps` timesteps, ascending, evenly spread, the last one always steps - 1.
std::vector<std::int64_t> space_timesteps(std::int64_t steps, std::int64_t count);

// The reference's text form, ascending: "10,15,20" so many in each of as many equal parts; "ddim50"
// fifty with the one whole stride that gives them (Song, Meng, Ermon 2021). Throws UsageError.
std::vector<std::int64_t> space_timesteps(std::int64_t steps, const std::string& sections);

torch::Tensor add_noise(const torch::Tensor& x0, const torch::Tensor& noise, const Levels& levels);

// velocity: v = a e - s x0 in steps (Salimans and Ho 2022), v = x0 - e on the path. score: -e / s,
// the gradient of log q(x_t | x0) (Song et al. 2021, eq. 9 with x_t = a x0 + s e).
torch::Tensor training_target(Prediction prediction, bool is_path, const torch::Tensor& x0,
                              const torch::Tensor& noise, const Levels& levels);

// The clean latent and the noise that a prediction at x_t implies. Where one follows from the other
// by a division, the divisor is at least 1e-4.
struct Estimate {
  torch::Tensor x0;
  torch::Tensor noise;
};
Estimate estimate(Prediction prediction, bool is_path, const torch::Tensor& x_t,
                  const torch::Tensor& output, Level level);
torch::Tensor estimate_x0(Prediction prediction, bool is_path, const torch::Tensor& x_t,
                          const torch::Tensor& output, const Levels& levels);

// The factor between the squared error of x0 and that of `space`: 1 for sample, (a / s)^2 for
// noise, 1 / s^2 for velocity (of either kind), (a / s^2)^2 for score; s is taken as at least
// `min_noise`.
torch::Tensor x0_error_weight(Prediction space, const Levels& levels, double min_noise);

}  // namespace svgfusion::diffusion
