// SPDX-License-Identifier: MIT
// The one training loop, for both stages.
#pragma once

#include <filesystem>

#include "svgfusion/training/task.h"

namespace svgfusion::training {

struct LoopPaths {
  std::filesystem::path run;     // metrics.jsonl, previews/, checkpoints/STAGE/
  std::filesystem::path resume;  // a checkpoint to start from; empty: the newest of the run
  bool fresh = false;            // ignore checkpoints of the run
};

// Trains to the last step and leaves the averaged weights in the module. Saves and throws
// InterruptedError when a signal asks to stop; throws DivergenceError before anything is saved when
// the loss or too many gradients in a row are not finite.
void train_stage(Task& task, const LoopPaths& paths);

}  // namespace svgfusion::training
