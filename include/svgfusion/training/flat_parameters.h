// SPDX-License-Identifier: MIT
// All parameters of a module as views of one buffer, so that an optimiser step, clipping and the
// moving average are a few launches however many tensors there are.
#pragma once

#include <torch/types.h>

#include <string>
#include <vector>

#include "svgfusion/model/weights.h"

namespace torch::nn {
class Module;
}

namespace svgfusion::training {

class FlatParameters {
 public:
  // Moves the module's parameters into the buffer: matrices (decayed) first, then vectors. The
  // module must be on its device already and keep its parameters from here on.
  explicit FlatParameters(torch::nn::Module& module);

  std::int64_t size() const { return values_.numel(); }
  std::int64_t decayed() const { return decayed_; }      // leading elements under weight decay
  torch::Tensor& values() { return values_; }            // [n]
  torch::Tensor& gradients() { return gradients_; }      // [n]; the parameters' grads are its views
  const std::string& layout() const { return layout_; }  // names and shapes in order

  void zero_gradients() { gradients_.zero_(); }

  // The slice of a flat buffer of this size for each parameter, by name.
  model::NamedTensors slices(const torch::Tensor& flat) const;

 private:
  struct Entry {
    std::string name;
    std::int64_t offset;
    std::vector<std::int64_t> shape;
  };
  std::vector<Entry> entries_;
  torch::Tensor values_;
  torch::Tensor gradients_;
  std::int64_t decayed_ = 0;
  std::string layout_;
};

}  // namespace svgfusion::training
