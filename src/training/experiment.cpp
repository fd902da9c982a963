// SPDX-License-Identifier: MIT
#include "svgfusion/training/experiment.h"

#include "svgfusion/base/error.h"

namespace svgfusion::training {
namespace {

using base::concat;
using base::ConfigError;

void check_stage(const StageConfig& stage, const char* name) {
  if (stage.warmup_steps >= stage.steps) {
    throw ConfigError(concat("training.", name, ".warmup_steps is ", stage.warmup_steps,
                             "; expected fewer than the ", stage.steps, " steps of the stage"));
  }
}

void check_heads(std::int64_t width, std::int64_t heads, const char* name) {
  if (width % heads != 0) {
    throw ConfigError(
        concat(name, ".heads is ", heads, "; expected a divisor of ", name, ".width ", width));
  }
}

}  // namespace

void check(const ExperimentConfig& c) {
  check_heads(c.autoencoder.width, c.autoencoder.heads, "autoencoder");
  check_heads(c.denoiser.width, c.denoiser.heads, "denoiser");
  check_stage(c.training.autoencoder, "autoencoder");
  check_stage(c.training.denoiser, "denoiser");
  if (!c.denoiser.input_projection && c.denoiser.width != c.autoencoder.latent_width) {
    throw ConfigError(concat("denoiser.width is ", c.denoiser.width,
                             " and autoencoder.latent_width ", c.autoencoder.latent_width,
                             "; make them equal or set denoiser.input_projection to true"));
  }
  if (c.diffusion.variance == "learned_range" && c.diffusion.schedule == "path") {
    throw ConfigError(
        "diffusion.variance learned_range needs a diffusion.schedule in steps, not the path");
  }
  if (c.diffusion.beta_start > c.diffusion.beta_end) {
    throw ConfigError(concat("diffusion.beta_start ", c.diffusion.beta_start,
                             " is above diffusion.beta_end ", c.diffusion.beta_end));
  }
  const bool is_path = c.diffusion.schedule == "path";
  if (is_path && c.sampling.sampler == "ddpm")
    throw ConfigError("sampling.sampler ddpm needs a diffusion.schedule in steps, not the path");
  if (is_path && !c.sampling.spacing.empty())
    throw ConfigError("sampling.spacing needs a diffusion.schedule in steps, not the path");
  if (!is_path && (c.sampling.sampler == "euler" || c.sampling.sampler == "heun")) {
    throw ConfigError(
        concat("sampling.sampler ", c.sampling.sampler, " needs diffusion.schedule path"));
  }
  if (!is_path && c.sampling.spacing.empty() && c.sampling.steps > c.diffusion.steps) {
    throw ConfigError(concat("sampling.steps is ", c.sampling.steps,
                             "; expected at most diffusion.steps ", c.diffusion.steps));
  }
  if (c.sampling.guidance_low > c.sampling.guidance_high) {
    throw ConfigError("sampling.guidance_low is above sampling.guidance_high");
  }
}

ExperimentConfig read_experiment(const config::Source& source) {
  ExperimentConfig config;
  config::read(source, config);
  check(config);
  return config;
}

}  // namespace svgfusion::training
