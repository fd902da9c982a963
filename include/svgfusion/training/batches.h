// SPDX-License-Identifier: MIT
// Which icons a step sees, and the seeds of its random numbers.
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "svgfusion/training/part.h"

namespace svgfusion::training {

// The order in which a stage sees its icons: epochs are permutations of [0, count) drawn from the
// seed and the epoch, and batches run on across their ends. It depends on nothing else, so that any
// step can be reached at once and any number of processes see the same batches.
class EpochOrder {
 public:
  // The order is also kept on `device`, two epochs at a time.
  EpochOrder(std::uint64_t seed, std::int64_t count, torch::Device device);

  // The icons of a part of batch `step`, on the host and as i64 on the device.
  std::vector<std::int64_t> host(std::int64_t step, std::int64_t batch_size, const Part& part);
  torch::Tensor on_device(std::int64_t step, std::int64_t batch_size, const Part& part);

 private:
  void reach(std::int64_t begin, std::int64_t end);

  std::uint64_t seed_;
  std::int64_t count_;
  torch::Device device_;
  std::int64_t first_epoch_ = -1;
  std::vector<std::int64_t> order_;  // of the epochs from first_epoch_ on
  torch::Tensor on_device_;
};

// The seed of one step, or one part of it: all its bits are random.
std::uint64_t step_seed(std::uint64_t seed, const std::string& stage, std::int64_t step,
                        std::int64_t part = 0);
// Seeds torch's default generators with it.
void seed_step(std::uint64_t seed, const std::string& stage, std::int64_t step,
               std::int64_t part = 0);

}  // namespace svgfusion::training
