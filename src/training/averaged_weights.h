// SPDX-License-Identifier: MIT
#pragma once

#include <torch/nn/module.h>

#include "svgfusion/training/optimizer.h"

namespace svgfusion::training {

// Puts the averaged weights in place and the module into evaluation mode, until its end.
class AveragedWeights {
 public:
  AveragedWeights(torch::nn::Module& module, FlatParameters& parameters, const Optimizer& optimizer)
      : module_(module), parameters_(parameters), current_(parameters.values().clone()) {
    const torch::NoGradGuard no_grad;
    parameters_.values().copy_(optimizer.average());
    module_.eval();
  }
  ~AveragedWeights() {
    const torch::NoGradGuard no_grad;
    parameters_.values().copy_(current_);
    module_.train();
  }
  AveragedWeights(const AveragedWeights&) = delete;
  AveragedWeights& operator=(const AveragedWeights&) = delete;

 private:
  torch::nn::Module& module_;
  FlatParameters& parameters_;
  torch::Tensor current_;
};

}  // namespace svgfusion::training
