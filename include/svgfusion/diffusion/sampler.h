// SPDX-License-Identifier: MIT
// From noise to data. Each step is a pure function of where it is and where it goes; `sample` walks
// the stops of a process with one of them.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "svgfusion/diffusion/loss.h"
#include "svgfusion/diffusion/process.h"

namespace svgfusion::diffusion {

// "ddpm", "ddim", "euler" or "heun".
const std::vector<std::string>& sampler_names();

struct SamplerOptions {
  std::string name = "ddim";
  std::int64_t steps = 50;
  double eta = 0;       // ddim only: 0 deterministic, 1 as much noise as ddpm
  std::string spacing;  // which timesteps, in place of `steps` of them (space_timesteps)
};

// Throws UsageError for a sampler, step count or eta that the process does not allow.
void check_sampler(const Process& process, const SamplerOptions& options);

// DDIM (Song, Meng, Ermon 2021, eq. 12 and 16) for x_t = a x0 + s e. With eta = 0 it is also the
// Euler step of the path. `noise` may be undefined when eta is 0.
torch::Tensor ddim_step(const Estimate& at, Level now, Level next, double eta,
                        const torch::Tensor& noise);

// Ancestral step (Ho, Jain, Abbeel 2020, algorithm 2) between any two levels of a
// variance-preserving process; `variance` is the denoiser's, undefined for the fixed posterior
// variance. No noise is added on the last step.
torch::Tensor ddpm_step(const torch::Tensor& x_t, const torch::Tensor& x0,
                        const torch::Tensor& variance, Level now, Level next,
                        const torch::Tensor& noise);

// dx = v dt on the path: one Euler step with v = x0 - e.
torch::Tensor euler_step(const torch::Tensor& x_t, const Estimate& at, Level now, Level next);

// The standard normal numbers of step i, [B, T, D]; asked for only by steps that need them.
using StepNoise = std::function<torch::Tensor(std::int64_t step)>;

// Called after the denoiser at each step: x_t as it stands and the clean latent estimated from it,
// both [B, T, D]. At the end once more, with the result as both and the number of steps.
using Observe = std::function<void(std::int64_t step, const torch::Tensor& x_t,
                                   const torch::Tensor& x0_estimate)>;

// `start` is x_T, [B, T, D]. `progress` may be empty; it is called before each step and may throw
// to stop. Throws UsageError for a sampler that the process does not allow.
torch::Tensor sample(const Process& process, const Denoise& denoise, torch::Tensor start,
                     const SamplerOptions& options, const StepNoise& step_noise,
                     const std::function<void(std::int64_t step)>& progress = {},
                     const Observe& observe = {});

// Classifier-free guidance (Ho and Salimans 2022) of the mean only: a variance is left as the
// conditional output says, unless `guides_variance`. `weight` 1 is none.
Output guided(const Output& conditional, const Output& unconditional, double weight,
              bool guides_variance = false);

}  // namespace svgfusion::diffusion
