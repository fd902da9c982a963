// SPDX-License-Identifier: MIT
// Gradients of weights that a backward pass leaves to the optimiser. The gradient of a linear map
// is up^T x; with a few rows these two are small, and the gradient, as large as the weights, need
// never be written: AdamW uses it block by block while it is in cache (kernels/adamw.h).
#pragma once

#include <torch/types.h>

#include <vector>

namespace svgfusion::nn {

struct LateGradient {
  std::int64_t offset = 0;  // of the weights [O, I] in the flat buffer
  torch::Tensor up, x;      // [R, O], [R, I], both float32 or both bfloat16
  std::int64_t size() const { return up.size(1) * x.size(1); }
};
// up^T x as a vector [O I]
torch::Tensor dense(const LateGradient& gradient);

// While it exists, `linear` (linear.h) keeps products of few rows of float32 weights that lie in
// `values` on a CPU, instead of computing the gradients of these weights. One at a time; inert
// where kernels of our own do not run.
class LateGradients {
 public:
  explicit LateGradients(const torch::Tensor& values);
  ~LateGradients();
  LateGradients(const LateGradients&) = delete;
  LateGradients& operator=(const LateGradients&) = delete;

  // In the order in which the backward pass met them.
  std::vector<LateGradient>& found() { return found_; }

  // For `linear`: whether there is one and it has kept this product, x [R, I] and up [R, O]
  // contiguous.
  static bool keep(const torch::Tensor& weight, const torch::Tensor& up, const torch::Tensor& x);

 private:
  torch::Tensor values_;
  std::vector<LateGradient> found_;
};

}  // namespace svgfusion::nn
