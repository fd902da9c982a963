// SPDX-License-Identifier: MIT
// Where gradients of weights belong in one flat buffer, so that a backward pass can write them
// there itself and nothing gathers them later.
#pragma once

#include <torch/types.h>

#include <set>
#include <vector>

namespace svgfusion::nn {

// While it exists, `take` knows the places in `gradients` f32 [n] of what lies in `values` f32 [n].
// Parts that no backward pass ever writes must be zero. One at a time; inert where `gradients` is
// undefined.
class GradientPlaces {
 public:
  GradientPlaces(const torch::Tensor& values, const torch::Tensor& gradients);
  ~GradientPlaces();
  GradientPlaces(const GradientPlaces&) = delete;
  GradientPlaces& operator=(const GradientPlaces&) = delete;

  // The place of the gradient of `weight`, of its shape, with what it held before; undefined where
  // there is none, and the second time, since a place holds one gradient.
  static torch::Tensor take(const torch::Tensor& weight);
  // The places of L weights of one shape [..] that follow each other at equal distances, as one
  // tensor [L, ..]; undefined where one of them has none.
  static torch::Tensor take(const std::vector<torch::Tensor>& weights);

 private:
  torch::Tensor values_, gradients_;
  std::set<std::int64_t> taken_;
};

}  // namespace svgfusion::nn
