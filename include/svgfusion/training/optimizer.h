// SPDX-License-Identifier: MIT
// Fused AdamW over flat parameters (Loshchilov and Hutter 2019), with clipping, skipping of steps
// that are not finite, and the moving average, all on the device: nothing is read back.
#pragma once

#include "svgfusion/training/experiment.h"
#include "svgfusion/training/flat_parameters.h"

namespace svgfusion::training {

class Optimizer {
 public:
  Optimizer(FlatParameters& parameters, const StageConfig& config);

  // Uses the gradients, clipped to clip_norm; leaves parameters and moments untouched when their
  // norm is not finite. `step` sets rate and average.
  void step(std::int64_t step);

  const torch::Tensor& gradient_norm() const { return gradient_norm_; }  // scalar, before clipping
  const torch::Tensor& skipped_in_a_row() const { return skipped_; }     // scalar f32
  const torch::Tensor& average() const { return average_; }              // [n]

  // What a checkpoint must hold beside the parameters.
  model::NamedTensors state() const;

 private:
  FlatParameters& parameters_;
  const StageConfig& config_;
  torch::Tensor first_moment_, second_moment_, average_;
  torch::Tensor updates_;  // scalar f32: updates made, for the bias correction
  torch::Tensor gradient_norm_, skipped_;
};

}  // namespace svgfusion::training
