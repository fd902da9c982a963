// SPDX-License-Identifier: MIT
// Fused AdamW over flat parameters (Loshchilov and Hutter 2019), with clipping, skipping of steps
// that are not finite, and the moving average, all on the device: nothing is read back from a GPU,
// and a step is the same launches on the same memory every time, so that a CUDA graph can replay
// it. Kernels of our own take one pass over memory for it.
#pragma once

#include "svgfusion/nn/rounded_weights.h"
#include "svgfusion/nn/weight_update.h"
#include "svgfusion/training/experiment.h"
#include "svgfusion/training/flat_parameters.h"

namespace svgfusion::training {

class Optimizer {
 public:
  Optimizer(FlatParameters& parameters, const StageConfig& config);

  // Sets the rate and the average's decay of step `step`; the host's share of it.
  void prepare(std::int64_t step);
  // Uses the gradients, clipped to clip_norm; leaves parameters and moments untouched when their
  // norm is not finite. Parameters without a gradient are left alone.
  void step();

  // The rate of step `step`.
  double rate(std::int64_t step) const;
  // For the schedule that waits for a plateau: the loss of each step, and, when a line of the log
  // is due, their mean since the last one.
  void add_loss(const torch::Tensor& loss);
  void observe_loss(double mean);

  // For the forward and backward pass of products in bfloat16: the weights rounded, which each step
  // keeps up to date. Whoever else changes the parameters must do so before the first `prepare`.
  nn::RoundedWeights rounded_weights() const { return {state_.values, state_.rounded}; }
  // Whether `step` takes gradients that are products (FlatParameters::backward).
  bool takes_products() const { return nn::takes_updates(state_); }

  const torch::Tensor& gradient_norm() const { return gradient_norm_; }  // scalar, before clipping
  const torch::Tensor& skipped_in_a_row() const { return skipped_; }     // scalar f32
  const torch::Tensor& average() const { return average_; }              // [n]
  // Scalar f32: of the losses added since the last line of the log.
  torch::Tensor& loss_sum() { return loss_sum_; }

  // What a checkpoint must hold beside the parameters.
  model::NamedTensors state() const;

 private:
  void step_by_kernels();
  // Returns the sum of squares of the scaled gradients.
  double update_from_products(std::int64_t begin, std::int64_t end, kernels::AdamW rule);
  kernels::AdamW rule_of_all() const;
  void step_on_gpu();
  void step_by_libtorch();

  FlatParameters& parameters_;
  const StageConfig& config_;
  nn::FlatState state_;
  nn::FlatUpdate on_gpu_;
  torch::Tensor average_;  // the state's, or the weights themselves
  // The parameters' parts of the buffers, matrices first.
  std::vector<torch::Tensor> values_, first_moments_, second_moments_;
  torch::Tensor updates_;  // scalar f32: updates made, for the bias correction
  torch::Tensor gradient_norm_, skipped_;
  torch::Tensor rate_, forgets_;  // scalars f32 on the device: this step's rate and 1 - EMA decay
  torch::Tensor plateau_;         // [3] f64 on the host: what `Plateau` remembers
  torch::Tensor loss_sum_;
};

}  // namespace svgfusion::training
