// SPDX-License-Identifier: MIT
#pragma once

#include "svgfusion/training/experiment.h"

namespace svgfusion::training {

// The rate of step `step` (from 0): linear from 0 over the warm-up, then constant or half a cosine
// down to final_rate times the highest at the last step.
double learning_rate(const StageConfig& stage, std::int64_t step);

// The EMA decay of step `step`: min(ema_decay, (1 + step) / (10 + step)), so that early weights are
// forgotten quickly.
double ema_decay(const StageConfig& stage, std::int64_t step);

}  // namespace svgfusion::training
