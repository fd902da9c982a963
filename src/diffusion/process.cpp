// SPDX-License-Identifier: MIT
#include "svgfusion/diffusion/process.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numbers>

#include "svgfusion/base/error.h"
#include "svgfusion/base/text.h"
#include "svgfusion/diffusion/posterior.h"

namespace svgfusion::diffusion {
namespace {

constexpr double kSmallestDivisor = 1e-4;
constexpr double kLargestBeta = 0.999;
constexpr double kSmallestAlphaBar = 1e-12;
constexpr double kTimeScale = 1000;  // model_time of pure noise on the path

torch::Tensor per_sample(const torch::Tensor& values) { return values.view({-1, 1, 1}); }

double cosine_beta(double t, double steps) {
  const auto f = [&](double at) {
    constexpr double kOffset = 0.008;
    const double c = std::cos((at / steps + kOffset) / (1 + kOffset) * std::numbers::pi / 2);
    return c * c;
  };
  return 1 - f(t + 1) / f(t);
}

double unclamped_beta(const DiffusionConfig& config, double t) {
  const auto steps = static_cast<double>(config.steps);
  const double scale = 1000 / steps;  // so that fewer or more than 1000 steps destroy as much
  const double share = t / (steps - 1);
  const auto between = [&](double from, double to) { return from + share * (to - from); };
  if (config.schedule == "linear") return scale * between(config.beta_start, config.beta_end);
  if (config.schedule == "scaled_linear") {
    const double root = between(std::sqrt(config.beta_start), std::sqrt(config.beta_end));
    return scale * root * root;
  }
  if (config.schedule == "ramp") return (t + 1) / steps;
  if (config.schedule == "raised_cosine")
    return 0.5 * (1 - std::cos(std::numbers::pi * (t + 1) / steps));
  SVGFUSION_CHECK(config.schedule == "cosine", config.schedule);
  return cosine_beta(t, steps);
}

double beta_of(const DiffusionConfig& config, double t) {
  return std::clamp(unclamped_beta(config, t), 0.0, kLargestBeta);
}

torch::Tensor make_posterior_table(const std::vector<double>& alpha_bars) {
  const auto steps = static_cast<std::int64_t>(alpha_bars.size());
  if (steps < 2) return {};
  const auto alpha_bar = torch::tensor(alpha_bars, torch::kDouble);
  const auto next =
      torch::cat({torch::ones({1}, torch::kDouble), alpha_bar.narrow(0, 0, steps - 1)});
  // At t = 0 the posterior has no variance: that of t = 1 stands in.
  const double beta_1 = 1 - alpha_bars[1] / alpha_bars[0];
  const double stand_in = std::log(beta_1 * (1 - alpha_bars[0]) / (1 - alpha_bars[1]));
  const Posterior p = posterior(alpha_bar, next, torch::full_like(alpha_bar, stand_in));
  return torch::stack({p.x0_factor, p.x_t_factor, p.log_variance, p.log_beta}, 1).to(torch::kFloat);
}

}  // namespace

Prediction prediction_from(const std::string& name) {
  if (name == "noise") return Prediction::kNoise;
  if (name == "velocity") return Prediction::kVelocity;
  if (name == "score") return Prediction::kScore;
  SVGFUSION_CHECK(name == "sample", name);
  return Prediction::kSample;
}

std::vector<double> make_alpha_bars(const DiffusionConfig& config) {
  std::vector<double> alpha_bars;
  double product = 1;
  for (std::int64_t t = 0; t < config.steps; ++t) {
    product *= 1 - beta_of(config, static_cast<double>(t));
    // Steeper schedules leave nothing that a number can hold long before their end.
    alpha_bars.push_back(std::max(product, kSmallestAlphaBar));
  }
  return alpha_bars;
}

std::string schedule_table(const Process& process) {
  std::string out = "time\tbeta\talpha_bar\tsignal\tnoise\n";
  if (!process.is_discrete()) {
    constexpr int kPoints = 100;
    for (int i = kPoints; i >= 0; --i) {
      const double t = static_cast<double>(i) / kPoints;
      out += base::concat(kTimeScale * (1 - t), "\t\t\t", t, "\t", 1 - t, "\n");
    }
    return out;
  }
  for (std::size_t t = 0; t < process.alpha_bars().size(); ++t) {
    const double alpha_bar = process.alpha_bars()[t];
    const auto time = static_cast<double>(t);
    out += base::concat(time, "\t", beta_of(process.config(), time), "\t", alpha_bar, "\t",
                        std::sqrt(alpha_bar), "\t", std::sqrt(1 - alpha_bar), "\n");
  }
  return out;
}

std::vector<std::int64_t> space_timesteps(std::int64_t steps, std::int64_t count) {
  SVGFUSION_CHECK(count >= 1 && count <= steps, count, " of ", steps);
  std::vector<std::int64_t> spaced;
  const double stride =
      count == 1 ? 1 : static_cast<double>(steps - 1) / static_cast<double>(count - 1);
  for (std::int64_t i = 0; i < count; ++i) {
    spaced.push_back(count == 1 ? steps - 1 : std::lround(static_cast<double>(i) * stride));
  }
  return spaced;
}

std::vector<std::int64_t> space_timesteps(std::int64_t steps, const std::string& sections) {
  const auto number = [&](std::string_view text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value < 1) {
      throw base::UsageError(base::concat(
          "spacing '", sections, "': expected counts like 10,15,20 or a stride like ddim50"));
    }
    return value;
  };
  std::vector<std::int64_t> out;
  if (sections.starts_with("ddim")) {
    const std::int64_t count = number(std::string_view(sections).substr(4));
    for (std::int64_t stride = 1; stride < steps; ++stride) {
      if ((steps + stride - 1) / stride != count) continue;
      for (std::int64_t t = 0; t < steps; t += stride) out.push_back(t);
      return out;
    }
    throw base::UsageError(base::concat("spacing '", sections, "': no whole stride over ", steps,
                                        " timesteps gives ", count));
  }
  const std::vector<std::string> parts = base::split(sections, ',');
  const auto count = static_cast<std::int64_t>(parts.size());
  std::int64_t start = 0;
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int64_t size = steps / count + (i < steps % count ? 1 : 0);
    const std::int64_t wanted = number(parts[static_cast<std::size_t>(i)]);
    if (wanted > size) {
      throw base::UsageError(base::concat("spacing '", sections, "': part ", i + 1, " has ", size,
                                          " timesteps, fewer than ", wanted));
    }
    const double stride =
        wanted == 1 ? 1 : static_cast<double>(size - 1) / static_cast<double>(wanted - 1);
    double at = 0;
    for (std::int64_t k = 0; k < wanted; ++k, at += stride)
      out.push_back(start + static_cast<std::int64_t>(std::nearbyint(at)));  // half to even
    start += size;
  }
  return out;
}

Process::Process(const DiffusionConfig& config) : config_(config) {
  if (!is_discrete()) return;
  alpha_bars_ = make_alpha_bars(config_);
  std::vector<float> signal, noise;
  for (const double alpha_bar : alpha_bars_) {
    signal.push_back(static_cast<float>(std::sqrt(alpha_bar)));
    noise.push_back(static_cast<float>(std::sqrt(1 - alpha_bar)));
  }
  posterior_table_ = make_posterior_table(alpha_bars_);
  signal_table_ = torch::tensor(signal);
  noise_table_ = torch::tensor(noise);
}

void Process::to(torch::Device device) {
  for (torch::Tensor* table : {&posterior_table_, &signal_table_, &noise_table_})
    if (table->defined()) *table = table->to(device);
}

torch::Tensor Process::draw_timesteps(std::int64_t count, torch::Device device) const {
  const auto options = torch::TensorOptions().device(device);
  if (is_discrete()) return torch::randint(config_.steps, {count}, options.dtype(torch::kLong));
  if (config_.timestep_std == 0) return torch::rand({count}, options);
  return torch::sigmoid(config_.timestep_mean +
                        config_.timestep_std * torch::randn({count}, options));
}

Levels Process::levels(const torch::Tensor& t) const {
  if (!is_discrete()) return {per_sample(t), per_sample(1 - t)};
  return {per_sample(signal_table_.to(t.device()).index_select(0, t)),
          per_sample(noise_table_.to(t.device()).index_select(0, t))};
}

torch::Tensor Process::model_time(const torch::Tensor& t) const {
  return is_discrete() ? t.to(torch::kFloat) : kTimeScale * (1 - t);
}

std::vector<Process::Stop> Process::stops(std::int64_t count, const std::string& spacing) const {
  std::vector<Stop> stops;
  if (is_discrete()) {
    for (const std::int64_t t : spacing.empty() ? space_timesteps(config_.steps, count)
                                                : space_timesteps(config_.steps, spacing)) {
      const double alpha_bar = alpha_bars_[static_cast<std::size_t>(t)];
      stops.push_back(
          {{std::sqrt(alpha_bar), std::sqrt(1 - alpha_bar)}, static_cast<double>(t), t});
    }
    std::reverse(stops.begin(), stops.end());
    stops.push_back({{1, 0}, 0, -1});
    return stops;
  }
  for (std::int64_t i = 0; i <= count; ++i) {
    const double t = static_cast<double>(i) / static_cast<double>(count);
    stops.push_back({{t, 1 - t}, kTimeScale * (1 - t), -1});
  }
  return stops;
}

torch::Tensor add_noise(const torch::Tensor& x0, const torch::Tensor& noise, const Levels& levels) {
  return levels.signal * x0 + levels.noise * noise;
}

torch::Tensor training_target(Prediction prediction, bool is_path, const torch::Tensor& x0,
                              const torch::Tensor& noise, const Levels& levels) {
  switch (prediction) {
    case Prediction::kNoise:
      return noise;
    case Prediction::kSample:
      return x0;
    case Prediction::kScore:
      return -noise / levels.noise.clamp_min(kSmallestDivisor);
    case Prediction::kVelocity:
      break;
  }
  return is_path ? x0 - noise : levels.signal * noise - levels.noise * x0;
}

Estimate estimate(Prediction prediction, bool is_path, const torch::Tensor& x_t,
                  const torch::Tensor& output, Level level) {
  const double a = level.signal;
  const double s = level.noise;
  switch (prediction) {
    case Prediction::kSample:
      return {output, (x_t - a * output) / std::max(s, kSmallestDivisor)};
    case Prediction::kNoise:
      return {(x_t - s * output) / std::max(a, kSmallestDivisor), output};
    case Prediction::kScore:
      return {(x_t + s * s * output) / std::max(a, kSmallestDivisor), -s * output};
    case Prediction::kVelocity:
      break;
  }
  // path: v = x0 - e, a + s = 1.  variance preserving: v = a e - s x0, a^2 + s^2 = 1.
  if (is_path) return {x_t + s * output, x_t - a * output};
  return {a * x_t - s * output, s * x_t + a * output};
}

torch::Tensor estimate_x0(Prediction prediction, bool is_path, const torch::Tensor& x_t,
                          const torch::Tensor& output, const Levels& levels) {
  switch (prediction) {
    case Prediction::kSample:
      return output;
    case Prediction::kNoise:
      return (x_t - levels.noise * output) / levels.signal.clamp_min(kSmallestDivisor);
    case Prediction::kScore:
      return (x_t + levels.noise.square() * output) / levels.signal.clamp_min(kSmallestDivisor);
    case Prediction::kVelocity:
      break;
  }
  return is_path ? x_t + levels.noise * output : levels.signal * x_t - levels.noise * output;
}

torch::Tensor x0_error_weight(Prediction space, const Levels& levels, double min_noise) {
  const auto s = levels.noise.clamp_min(min_noise);
  switch (space) {
    case Prediction::kNoise:
      return (levels.signal / s).square();
    case Prediction::kVelocity:
      return s.square().reciprocal();
    case Prediction::kScore:
      return (levels.signal / s.square()).square();
    case Prediction::kSample:
      break;
  }
  return torch::ones_like(s);
}

}  // namespace svgfusion::diffusion
