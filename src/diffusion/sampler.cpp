// SPDX-License-Identifier: MIT
#include "svgfusion/diffusion/sampler.h"

#include <algorithm>
#include <cmath>

#include "svgfusion/base/error.h"
#include "svgfusion/diffusion/posterior.h"

namespace svgfusion::diffusion {
namespace {

torch::Tensor scalar(double value) { return torch::scalar_tensor(value, torch::kDouble); }

}  // namespace

const std::vector<std::string>& sampler_names() {
  static const std::vector<std::string> names{"ddpm", "ddim", "euler", "heun"};
  return names;
}

torch::Tensor ddim_step(const Estimate& at, Level now, Level next, double eta,
                        const torch::Tensor& noise) {
  // sigma of eq. 16 in terms of a and s; 0 on the last step, where next.noise is 0.
  const double kept = now.signal * next.noise / std::max(next.signal * now.noise, 1e-12);
  const double sigma = eta * next.noise * std::sqrt(std::max(0.0, 1 - kept * kept));
  const double direction = std::sqrt(std::max(0.0, next.noise * next.noise - sigma * sigma));
  auto x = next.signal * at.x0 + direction * at.noise;
  return sigma > 0 ? x + sigma * noise : x;
}

torch::Tensor ddpm_step(const torch::Tensor& x_t, const torch::Tensor& x0,
                        const torch::Tensor& variance, Level now, Level next,
                        const torch::Tensor& noise) {
  const double bar = now.signal * now.signal;
  const double next_bar = next.signal * next.signal;
  const Posterior p = posterior(scalar(bar), scalar(next_bar), scalar(0));
  const auto mean = p.x0_factor.item<double>() * x0 + p.x_t_factor.item<double>() * x_t;
  if (next.noise == 0) return mean;
  const auto log_variance = variance.defined() ? learned_log_variance(variance, p).to(x_t.dtype())
                                               : p.log_variance.to(x_t.dtype());
  return mean + (0.5 * log_variance).exp().to(x_t.device()) * noise;
}

torch::Tensor euler_step(const torch::Tensor& x_t, const Estimate& at, Level now, Level next) {
  return x_t + (next.signal - now.signal) * (at.x0 - at.noise);
}

Output guided(const Output& conditional, const Output& unconditional, double weight,
              bool guides_variance) {
  const auto between = [&](const torch::Tensor& with, const torch::Tensor& without) {
    return without + weight * (with - without);
  };
  const bool both = guides_variance && conditional.variance.defined();
  return {between(conditional.prediction, unconditional.prediction),
          both ? between(conditional.variance, unconditional.variance) : conditional.variance};
}

void check_sampler(const Process& process, const SamplerOptions& options) {
  const bool is_path = !process.is_discrete();
  if (options.name == "ddpm" && is_path) {
    throw base::UsageError(
        "the ddpm sampler needs a schedule in steps; this model was trained on the path: "
        "use ddim, euler or heun");
  }
  if ((options.name == "euler" || options.name == "heun") && !is_path) {
    throw base::UsageError(base::concat("the ", options.name,
                                        " sampler needs the path; this model was trained on the ",
                                        process.config().schedule, " schedule: use ddim or ddpm"));
  }
  if (options.eta > 0 && options.name != "ddim") {
    throw base::UsageError(base::concat("--eta ", options.eta, " is for the ddim sampler; ",
                                        options.name, " takes none"));
  }
  if (!options.spacing.empty()) {
    if (is_path)
      throw base::UsageError("a spacing is for schedules in steps; the path takes steps");
    space_timesteps(process.steps(), options.spacing);
  } else if (!is_path && options.steps > process.steps()) {
    throw base::UsageError(base::concat("--steps ", options.steps, " is more than the ",
                                        process.steps(), " of the schedule"));
  }
}

torch::Tensor sample(const Process& process, const Denoise& denoise, torch::Tensor x,
                     const SamplerOptions& options, const StepNoise& step_noise,
                     const std::function<void(std::int64_t)>& progress, const Observe& observe) {
  check_sampler(process, options);
  const bool is_path = !process.is_discrete();
  const Prediction prediction = prediction_from(process.config().prediction);
  const std::vector<Process::Stop> stops = process.stops(options.steps, options.spacing);
  const auto ask = [&](const torch::Tensor& at, const Process::Stop& stop) {
    return denoise(at, torch::full({at.size(0)}, stop.model_time, at.options()));
  };
  for (std::size_t i = 0; i + 1 < stops.size(); ++i) {
    const auto step = static_cast<std::int64_t>(i);
    const Level now = stops[i].level;
    const Level next = stops[i + 1].level;
    if (progress) progress(step);
    const Output output = ask(x, stops[i]);
    const Estimate at = estimate(prediction, is_path, x, output.prediction, now);
    if (observe) observe(step, x, at.x0);
    if (options.name == "ddpm") {
      x = ddpm_step(x, at.x0, output.variance, now, next,
                    next.noise > 0 ? step_noise(step) : torch::Tensor());
    } else if (options.name == "ddim") {
      x = ddim_step(at, now, next, options.eta,
                    options.eta > 0 && next.noise > 0 ? step_noise(step) : torch::Tensor());
    } else {
      const auto ahead = euler_step(x, at, now, next);
      if (options.name == "heun" && next.noise > 0) {  // the mean of the slopes at both ends
        const Estimate there =
            estimate(prediction, is_path, ahead, ask(ahead, stops[i + 1]).prediction, next);
        x = x + 0.5 * (next.signal - now.signal) * ((at.x0 - at.noise) + (there.x0 - there.noise));
      } else {
        x = ahead;
      }
    }
  }
  if (observe) observe(static_cast<std::int64_t>(stops.size()) - 1, x, x);
  return x;
}

}  // namespace svgfusion::diffusion
