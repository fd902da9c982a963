// SPDX-License-Identifier: MIT
#include "svgfusion/training/optimizer.h"

#include <algorithm>
#include <cmath>

#include "svgfusion/nn/large_pages.h"
#include "svgfusion/nn/norms.h"
#include "svgfusion/nn/precision.h"
#include "svgfusion/training/learning_rate.h"

namespace svgfusion::training {
namespace {

constexpr double kEpsilon = 1e-8;

// Norms that are clipped to so much or more are hardly ever that large. Then it costs less to ask
// first whether they can be (nn::norm_bound), and to find them during the update.
constexpr double kHardlyClips = 1000;

}  // namespace

Optimizer::Optimizer(FlatParameters& parameters, const StageConfig& config)
    : parameters_(parameters), config_(config) {
  const auto& values = parameters.values();
  const auto empty = [&] { return nn::empty_on_large_pages(values.numel(), values.options()); };
  state_ = {values, empty().zero_(), empty().zero_()};
  // Without averaging the average is the weights themselves.
  average_ = config.ema_decay > 0 ? empty().copy_(values.detach()) : values.detach();
  values_ = parameters.views(values);
  first_moments_ = parameters.views(state_.first_moment);
  second_moments_ = parameters.views(state_.second_moment);
  if (config_.ema_decay > 0) state_.average = average_;
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
  if (nn::product_precision() == nn::Precision::kBfloat16 && !state_.rounded.defined())
    state_.rounded = nn::empty_on_large_pages(state_.values.numel(),
                                              state_.values.options().dtype(torch::kBFloat16))
                         .copy_(state_.values);
  rate_.fill_(rate(step));
  forgets_.fill_(1 - ema_decay(config_, step));
}

void Optimizer::step() {
  const torch::NoGradGuard no_grad;
  if (takes_products()) return step_by_kernels();
  if (nn::takes_flat_updates(state_)) return step_on_gpu();
  step_by_libtorch();
}

// What is the same in every step.
kernels::AdamW Optimizer::rule_of_all() const {
  kernels::AdamW rule;
  rule.beta1 = config_.beta1;
  rule.beta2 = config_.beta2;
  rule.epsilon = kEpsilon;
  rule.weight_decay = config_.weight_decay;
  return rule;
}

void Optimizer::step_by_kernels() {
  std::vector<torch::Tensor> gradients = parameters_.gradients();
  std::vector<torch::Tensor> present;
  for (torch::Tensor& gradient : gradients)
    if (gradient.defined()) present.push_back(gradient = gradient.contiguous());
  const bool is_bounded = config_.clip_norm >= kHardlyClips &&
                          nn::norm_bound(present, parameters_.products()) <= config_.clip_norm;
  if (!is_bounded) gradient_norm_.copy_(nn::norm_of_all(present, parameters_.products()));
  const double norm = is_bounded ? 0 : gradient_norm_.item<double>();
  if (!std::isfinite(norm)) {
    skipped_.add_(1);
    if (config_.ema_decay > 0) average_.lerp_(parameters_.values(), forgets_);
    return;
  }
  skipped_.zero_();
  updates_.add_(1);
  kernels::AdamW rule = rule_of_all();
  rule.rate = rate_.item<double>();
  rule.updates = updates_.item<double>();
  rule.gradient_scale = 1 / std::max(1.0, norm / config_.clip_norm);
  rule.forgets = forgets_.item<double>();
  std::int64_t begin = 0;
  double squares = 0;
  for (std::size_t i = 0; i < gradients.size(); ++i) {
    rule.weight_decay = begin < parameters_.decayed() ? config_.weight_decay : 0;
    const std::int64_t end = begin + values_[i].numel();
    squares += gradients[i].defined() ? nn::adamw(state_, begin, gradients[i], rule)
                                      : update_from_products(begin, end, rule);
    begin = end;
  }
  if (is_bounded) gradient_norm_.fill_(std::sqrt(squares));
}

// Of one parameter. What of it no product reaches has a gradient of zero; without any product it
// has none.
double Optimizer::update_from_products(std::int64_t begin, std::int64_t end, kernels::AdamW rule) {
  const auto before = [](const nn::LateGradient& g, std::int64_t offset) {
    return g.offset < offset;
  };
  const auto& all = parameters_.products();
  auto product = std::lower_bound(all.begin(), all.end(), begin, before);
  const auto last = std::lower_bound(product, all.end(), end, before);
  if (product == last) rule.weight_decay = 0;
  double squares = 0;
  for (; product != last; ++product) {
    nn::adamw_without_gradient(state_, begin, product->offset, rule);
    squares += nn::adamw(state_, *product, rule);
    begin = product->offset + product->size();
  }
  nn::adamw_without_gradient(state_, begin, end, rule);
  return squares;
}

void Optimizer::step_on_gpu() {
  on_gpu_.run(state_, parameters_.gather_gradients(), parameters_.decayed(), rule_of_all(),
              config_.clip_norm, {rate_, forgets_, updates_, skipped_, gradient_norm_});
}

void Optimizer::step_by_libtorch() {
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
  if (state_.rounded.defined()) state_.rounded.copy_(state_.values);
}

model::NamedTensors Optimizer::state() const {
  return {{"first_moment", state_.first_moment},
          {"second_moment", state_.second_moment},
          {"average", average_},
          {"updates", updates_},
          {"skipped", skipped_},
          {"plateau", plateau_},
          {"loss_sum", loss_sum_}};
}

}  // namespace svgfusion::training
