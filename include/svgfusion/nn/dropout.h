// SPDX-License-Identifier: MIT
// Dropout whose masks are drawn again for the gradient instead of being stored: each call takes one
// number from LibTorch's default generator of the CPU, whatever its size and device, or from the
// step's own draws.
#pragma once

#include <torch/types.h>

#include "svgfusion/kernels/dropout_draw.h"

namespace svgfusion::nn {

// Draws of a step that a CUDA graph replays, which the generator of the CPU does not see: they
// depend on the call's place in the step and on a number that lies on the device.
class StepDraws {
 public:
  explicit StepDraws(torch::Device device);

  // A step's number, any: what follows is drawn anew.
  void start(std::uint64_t number);

  // Until its end, `next_draw` takes from these, as often as it is asked: once a step.
  class Use {
   public:
    explicit Use(StepDraws& draws);
    ~Use();
    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;

   private:
    StepDraws* before_;
  };

 private:
  friend kernels::Draw next_draw(double probability);

  torch::Tensor number_;  // [1] i64, on the device
  std::uint64_t calls_ = 0;
};

// Draws for the next call; of a probability of 0 nothing is taken.
kernels::Draw next_draw(double probability);

// base + drop(x) of one shape; `base` may be undefined.
torch::Tensor dropout(const torch::Tensor& x, double probability, const torch::Tensor& base = {});

// drop(max(x, 0))
torch::Tensor relu_dropout(const torch::Tensor& x, double probability);

}  // namespace svgfusion::nn
