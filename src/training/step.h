// SPDX-License-Identifier: MIT
#pragma once

#include "running_mean.h"
#include "svgfusion/training/communicator.h"
#include "svgfusion/training/optimizer.h"
#include "svgfusion/training/step_graph.h"
#include "svgfusion/training/task.h"

namespace svgfusion::training {

// The steps of a stage: its batches, their losses and gradients, the gradients' sum over all
// processes, the update. One CUDA graph where that is wanted and possible.
class Step {
 public:
  Step(Task& task, FlatParameters& parameters, Optimizer& optimizer, Communicator& communicator,
       bool wants_graph);

  void run(std::int64_t step);
  // Of the losses and gradient norms of the steps since it was last taken.
  RunningMean& means() { return means_; }
  // That this process's products took so far, those of replayed graphs among them.
  std::int64_t flops() const;

 private:
  Part part(std::int64_t pass) const;
  void compute(std::int64_t step);

  Task& task_;
  const StageConfig& stage_;
  FlatParameters& parameters_;
  Optimizer& optimizer_;
  Communicator& communicator_;
  StepGraph graph_;
  RunningMean means_;
  std::int64_t flops_of_step_ = 0, replayed_flops_ = 0;
};

}  // namespace svgfusion::training
