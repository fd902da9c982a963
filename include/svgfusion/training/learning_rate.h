// SPDX-License-Identifier: MIT
#pragma once

#include "svgfusion/training/experiment.h"

namespace svgfusion::training {

// The rate of step `step` (from 0): linear from 0 over the warm-up, then by the stage's schedule,
// all times what rate_rule makes of the batch size (linear: Goyal et al. 2017; sqrt: Malladi et al.
// 2022, for Adam).
// For plateau it is the highest rate; the cuts so far come on top.
double learning_rate(const StageConfig& stage, std::int64_t step);

// What reducing the rate on a plateau remembers (torch.optim.lr_scheduler.ReduceLROnPlateau, mode
// min, relative threshold 1e-4).
struct Plateau {
  double best = 1e300;
  double bad_lines = 0;
  double factor = 1;  // of all cuts so far
};
// After one more logged loss.
Plateau observe(Plateau state, double loss, const StageConfig& stage);

// The EMA decay of step `step`: min(ema_decay, (1 + step) / (10 + step)), so that early weights are
// forgotten quickly.
double ema_decay(const StageConfig& stage, std::int64_t step);

}  // namespace svgfusion::training
