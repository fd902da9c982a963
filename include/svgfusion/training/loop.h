// SPDX-License-Identifier: MIT
// The one training loop, for both stages.
#pragma once

#include <filesystem>

#include "svgfusion/training/communicator.h"
#include "svgfusion/training/task.h"

namespace svgfusion::training {

struct LoopOptions {
  std::filesystem::path run;     // metrics.jsonl, previews/, checkpoints/STAGE/
  std::filesystem::path resume;  // a checkpoint to start from; empty: the newest of the run
  bool fresh = false;            // ignore checkpoints of the run
  bool profile = false;          // write RUN/profile-STAGE.json, a trace of a few steps
  bool graph = true;             // record the step as a CUDA graph where that is possible
};

// Trains to the last step and leaves the averaged weights in the module. With several processes
// each computes its part of every batch; the first one alone reads and writes files. Saves and
// throws InterruptedError when a signal asks to stop; throws DivergenceError before anything is
// saved when the loss or too many gradients in a row are not finite.
void train_stage(Task& task, const LoopOptions& options, Communicator& communicator);

}  // namespace svgfusion::training
