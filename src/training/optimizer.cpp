// SPDX-License-Identifier: MIT
#include "svgfusion/training/optimizer.h"

#include "svgfusion/nn/norms.h"
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
  values_ = parameters.views(values);
  first_moments_ = parameters.views(first_moment_);
  second_moments_ = parameters.views(second_moment_);
  for (torch::Tensor* scalar :
       {&updates_, &gradient_norm_, &skipped_, &rate_, &forgets_, &loss_sum_})
    *scalar = torch::zeros({}, values.options());
  const Plateau fresh;
  plateau_ = torch::tensor({fresh.best, fresh.bad_lines, fresh.factor}, torch::kDouble);
}

double Optimizer::rate(std::int64_t step) const {
  return learning_rate(config_, step) * plateau_[2].item<double>();
}

void Optimizer::add_loss(const torch::Tensor& loss) { loss_sum_.add_(loss.detach()); }

void Optimizer::observe_loss(double mean) {
  loss_sum_.zero_();
  if (config_.schedule != "plateau") return;
  auto* values = plateau_.data_ptr<double>();
  const Plateau next = observe({values[0], values[1], values[2]}, mean, config_);
  values[0] = next.best;
  values[1] = next.bad_lines;
  values[2] = next.factor;
}

void Optimizer::prepare(std::int64_t step) {
  const torch::NoGradGuard no_grad;
  rate_.fill_(rate(step));
  forgets_.fill_(1 - ema_decay(config_, step));
}

void Optimizer::step() {
  const torch::NoGradGuard no_grad;
  std::vector<torch::Tensor> present, values[2], gradients[2], first[2], second[2];
  std::int64_t offset = 0;
  const std::vector<torch::Tensor> all = parameters_.gradients();
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::size_t decays = offset < parameters_.decayed() ? 1 : 0;
    offset += values_[i].numel();
    if (!all[i].defined()) continue;
    present.push_back(all[i]);
    gradients[decays].push_back(all[i]);
    values[decays].push_back(values_[i]);
    first[decays].push_back(first_moments_[i]);
    second[decays].push_back(second_moments_[i]);
  }
  gradient_norm_.copy_(nn::norm_of_all(present));
  const auto found_inf = torch::isfinite(gradient_norm_).logical_not().to(torch::kFloat);
  // AdamW divides gradients by grad_scale in registers: clipping costs nothing more.
  const auto grad_scale = (gradient_norm_ / config_.clip_norm).clamp_min(1.0);
  updates_.add_(1 - found_inf);
  skipped_.add_(1).mul_(found_inf);
  for (const std::size_t decays : {1, 0}) {
    if (values[decays].empty()) continue;
    at::_fused_adamw_(values[decays], gradients[decays], first[decays], second[decays], {},
                      std::vector<torch::Tensor>(values[decays].size(), updates_), rate_,
                      config_.beta1, config_.beta2, decays != 0 ? config_.weight_decay : 0,
                      kEpsilon, false, false, grad_scale, found_inf);
  }
  if (config_.ema_decay > 0) average_.lerp_(parameters_.values(), forgets_);
}

model::NamedTensors Optimizer::state() const {
  return {{"first_moment", first_moment_}, {"second_moment", second_moment_},
          {"average", average_},           {"updates", updates_},
          {"skipped", skipped_},           {"plateau", plateau_},
          {"loss_sum", loss_sum_}};
}

}  // namespace svgfusion::training
