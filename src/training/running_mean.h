// SPDX-License-Identifier: MIT
#pragma once

#include "svgfusion/training/communicator.h"
#include "svgfusion/training/task.h"

namespace svgfusion::training {

// Sums of the steps since the last log line, on the device, always in the same memory.
class RunningMean {
 public:
  void add(const StepMetrics& metrics);
  // The means over `steps` steps, summed over all processes, and a new start.
  Metrics take(std::int64_t steps, Communicator& communicator);

 private:
  StepMetrics sums_;
};

}  // namespace svgfusion::training
