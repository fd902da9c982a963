// SPDX-License-Identifier: MIT
#include "svgfusion/training/learning_rate.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace svgfusion::training {

namespace {

double highest_rate(const StageConfig& stage) {
  const double ratio =
      static_cast<double>(stage.batch_size) / static_cast<double>(stage.base_batch);
  if (stage.rate_rule == "linear") return stage.learning_rate * ratio;
  if (stage.rate_rule == "sqrt") return stage.learning_rate * std::sqrt(ratio);
  return stage.learning_rate;
}

}  // namespace

double learning_rate(const StageConfig& stage, std::int64_t step) {
  const double highest = highest_rate(stage);
  const auto at = static_cast<double>(step);
  const auto warmup = static_cast<double>(stage.warmup_steps);
  const auto cuts = [&](double steps) {
    return std::pow(stage.step_factor, std::floor(steps / static_cast<double>(stage.step_every)));
  };
  if (stage.schedule == "deepsvg") {
    const double share = at < warmup ? at / warmup : 1;
    return highest * share * cuts(at + std::max(0.0, at - warmup));
  }
  if (at < warmup) return highest * (at + 1) / (warmup + 1);
  if (stage.schedule == "constant" || stage.schedule == "plateau") return highest;
  if (stage.schedule == "step") return highest * cuts(at);
  const double span = std::max(1.0, static_cast<double>(stage.steps - 1) - warmup);
  const double share = std::min(1.0, (at - warmup) / span);
  const double cosine = 0.5 * (1 + std::cos(std::numbers::pi * share));
  return highest * (stage.final_rate + (1 - stage.final_rate) * cosine);
}

Plateau observe(Plateau state, double loss, const StageConfig& stage) {
  constexpr double kThreshold = 1e-4;
  if (loss < state.best * (1 - kThreshold)) {
    state.best = loss;
    state.bad_lines = 0;
  } else {
    state.bad_lines += 1;
  }
  if (state.bad_lines > static_cast<double>(stage.plateau_patience)) {
    state.factor *= stage.step_factor;
    state.bad_lines = 0;
  }
  return state;
}

double ema_decay(const StageConfig& stage, std::int64_t step) {
  const auto at = static_cast<double>(step);
  return std::min(stage.ema_decay, (1 + at) / (10 + at));
}

}  // namespace svgfusion::training
