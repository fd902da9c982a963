// SPDX-License-Identifier: MIT
#include "svgfusion/training/optimizer.h"

#include "svgfusion/training/learning_rate.h"

namespace svgfusion::training {
namespace {

constexpr double kEpsilon = 1e-8;

}  // namespace

Optimizer::Optimizer(FlatParameters& parameters, const StageConfig& config)
    : parameters_(parameters), config_(config) {
  const auto& values = parameters.values();
  first_moment_ = torch::zeros_like(values);
  second_moment_ = torch::zeros_like(values);
  // Without averaging the average is the weights themselves.
  average_ = config.ema_decay > 0 ? values.detach().clone() : values.detach();
  updates_ = torch::zeros({}, values.options());
  gradient_norm_ = torch::zeros({}, values.options());
  skipped_ = torch::zeros({}, values.options());
  loss_sum_ = torch::zeros({}, values.options());
  const Plateau fresh;
  plateau_ = torch::tensor({fresh.best, fresh.bad_lines, fresh.factor}, torch::kDouble);
}

double Optimizer::rate(std::int64_t step) const {
  return learning_rate(config_, step) * plateau_[2].item<double>();
}

void Optimizer::add_loss(const torch::Tensor& loss) {
  if (config_.schedule == "plateau") loss_sum_ += loss.detach();
}

void Optimizer::observe_losses() {
  if (config_.schedule != "plateau") return;
  auto* values = plateau_.data_ptr<double>();
  const Plateau next =
      observe({values[0], values[1], values[2]},
              loss_sum_.item<double>() / static_cast<double>(config_.log_every), config_);
  values[0] = next.best;
  values[1] = next.bad_lines;
  values[2] = next.factor;
  loss_sum_.zero_();
}

void Optimizer::step(std::int64_t step) {
  const torch::NoGradGuard no_grad;
  auto& values = parameters_.values();
  auto& gradients = parameters_.gradients();
  gradient_norm_ = gradients.norm();
  const auto found_inf = torch::isfinite(gradient_norm_).logical_not().to(values.dtype());
  // AdamW divides gradients by grad_scale in registers: clipping costs nothing more.
  const auto grad_scale = (gradient_norm_ / config_.clip_norm).clamp_min(1.0);
  updates_ += 1 - found_inf;
  skipped_.add_(1).mul_(found_inf);
  const double now = rate(step);
  const std::int64_t decayed = parameters_.decayed();
  const auto update = [&](std::int64_t begin, std::int64_t count, double weight_decay) {
    if (count == 0) return;
    const auto part = [&](const torch::Tensor& t) {
      return std::vector<torch::Tensor>{t.narrow(0, begin, count)};
    };
    at::_fused_adamw_(part(values), part(gradients), part(first_moment_), part(second_moment_), {},
                      {updates_}, now, config_.beta1, config_.beta2, weight_decay, kEpsilon, false,
                      false, grad_scale, found_inf);
  };
  update(0, decayed, config_.weight_decay);
  update(decayed, parameters_.size() - decayed, 0);
  if (config_.ema_decay > 0) average_.lerp_(values, 1 - ema_decay(config_, step));
}

model::NamedTensors Optimizer::state() const {
  return {{"first_moment", first_moment_}, {"second_moment", second_moment_},
          {"average", average_},           {"updates", updates_},
          {"skipped", skipped_},           {"plateau", plateau_},
          {"loss_sum", loss_sum_}};
}

}  // namespace svgfusion::training
