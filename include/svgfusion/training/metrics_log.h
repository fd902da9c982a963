// SPDX-License-Identifier: MIT
// Where a stage's numbers go: RUN/metrics.jsonl, the source of truth, and RUN/tensorboard/STAGE/.
#pragma once

#include <filesystem>
#include <string>

#include "svgfusion/training/event_file.h"

namespace svgfusion::training {

class MetricsLog {
 public:
  // For a stage that goes on from `step`: what earlier processes wrote of its later steps, and a
  // line that one did not finish, is removed. Throws FileError.
  MetricsLog(const std::filesystem::path& run, std::string stage, std::int64_t step);

  // One line {stage, step, seconds, ...values}.
  void write(std::int64_t step, double seconds, const std::map<std::string, double>& values);
  // A picture that stands in a file already.
  void picture(std::int64_t step, const std::filesystem::path& png);

 private:
  std::filesystem::path path_;
  std::string stage_;
  EventFile events_;
};

}  // namespace svgfusion::training
