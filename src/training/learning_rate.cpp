// SPDX-License-Identifier: MIT
#include "svgfusion/training/learning_rate.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace svgfusion::training {

double learning_rate(const StageConfig& stage, std::int64_t step) {
  const auto at = static_cast<double>(step);
  const auto warmup = static_cast<double>(stage.warmup_steps);
  if (at < warmup) return stage.learning_rate * (at + 1) / (warmup + 1);
  if (stage.schedule == "constant") return stage.learning_rate;
  const double span = std::max(1.0, static_cast<double>(stage.steps - 1) - warmup);
  const double share = std::min(1.0, (at - warmup) / span);
  const double cosine = 0.5 * (1 + std::cos(std::numbers::pi * share));
  return stage.learning_rate * (stage.final_rate + (1 - stage.final_rate) * cosine);
}

double ema_decay(const StageConfig& stage, std::int64_t step) {
  const auto at = static_cast<double>(step);
  return std::min(stage.ema_decay, (1 + at) / (10 + at));
}

}  // namespace svgfusion::training
