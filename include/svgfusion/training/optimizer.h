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

  // The rate that `step` uses.
  double rate(std::int64_t step) const;
  // For the schedule that waits for a plateau: the loss of each step, and that a log line is due.
  void add_loss(const torch::Tensor& loss);
  void observe_losses();

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
  torch::Tensor plateau_;   // [3] f64 on the host: what `Plateau` remembers
  torch::Tensor loss_sum_;  // scalar f32: of the steps since the last log line
};

}  // namespace svgfusion::training
