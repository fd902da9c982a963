// SPDX-License-Identifier: MIT
// All parameters of a module as views of one buffer, so that the moving average, saving and sending
// are one launch however many tensors there are. Gradients stay where the backward pass makes them:
// clearing one buffer for all and adding to it would move 16 bytes a parameter and step for
// nothing.
#pragma once

#include <torch/types.h>

#include <string>
#include <vector>

#include "svgfusion/model/weights.h"
#include "svgfusion/nn/late_gradients.h"

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
  const std::string& layout() const { return layout_; }  // names and shapes in order

  // Before a step: the next backward pass makes gradients of its own, later ones add to them.
  void forget_gradients();
  // loss.backward(). With `keeps_products` gradients that are products of few rows stay products
  // (late_gradients.h) where the processor has kernels for them. On a GPU the gradients of linear
  // maps are written where gather_gradients wants them (gradient_places.h).
  void backward(const torch::Tensor& loss, bool keeps_products);
  // The gradient of each parameter, in the buffer's order; undefined where the loss did not depend
  // on it, or where its gradient, or its parts' that are not zero, are among the products.
  std::vector<torch::Tensor> gradients() const;
  // Sorted by offset, without overlaps, each within a parameter.
  const std::vector<nn::LateGradient>& products() const { return products_; }
  // All gradients in one buffer [n], zero where there is none, and from then on the parameters'
  // gradients are its views. Not after a backward pass that keeps products.
  torch::Tensor gather_gradients();

  // The parts of a flat buffer of this size: in order, and by name.
  std::vector<torch::Tensor> views(const torch::Tensor& flat) const;
  model::NamedTensors slices(const torch::Tensor& flat) const;

 private:
  struct Entry {
    std::string name;
    std::int64_t offset;
    torch::Tensor parameter;
  };
  torch::Tensor view(const torch::Tensor& flat, const Entry& entry) const;
  torch::Tensor& gathered();
  void settle(Entry& entry, std::vector<nn::LateGradient> products);

  std::vector<Entry> entries_;
  torch::Tensor values_;
  torch::Tensor gathered_;
  std::vector<nn::LateGradient> products_;
  std::int64_t decayed_ = 0;
  std::string layout_;
};

}  // namespace svgfusion::training
