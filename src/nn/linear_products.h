// SPDX-License-Identifier: MIT
// The products of one linear map, forward and backward, by the engines that suit their sizes and in
// the precision that stands (precision.h).
#pragma once

#include <torch/types.h>

#include <optional>

namespace svgfusion::nn {

// Whether LinearProducts take these: x [.., in], weight [out, in].
bool takes_products(const torch::Tensor& x, const torch::Tensor& weight);

// Adds R x in x out operations, or a gradient of it, to product_flops (linear.h).
void count_product(std::int64_t rows, const torch::Tensor& weight);

// [.., W] -> [R, W], contiguous
torch::Tensor as_rows(const torch::Tensor& x);
// up [R, out] -> the gradient of a bias [out]
torch::Tensor bias_gradient(const torch::Tensor& up);
// The same of up in bfloat16.
torch::Tensor rounded_bias_gradient(const torch::Tensor& bias, const torch::Tensor& up);

class LinearProducts {
 public:
  explicit LinearProducts(const torch::Tensor& weight);
  // For a backward pass, from what a forward pass had.
  LinearProducts(const torch::Tensor& weight, const torch::Tensor& used)
      : weight_(weight), used_(used) {}

  const torch::Tensor& weight() const { return weight_; }
  // The weight as an operand.
  const torch::Tensor& used() const { return used_; }
  // Whether operands are bfloat16.
  bool is_rounded() const { return used_.scalar_type() == torch::kBFloat16; }
  // Rows f32 [R, W], contiguous, as an operand: they themselves, or rounded to bfloat16.
  torch::Tensor operand(const torch::Tensor& rows) const;

  // x [R, in] -> f32 [R, out]; x and up are operands from here on.
  torch::Tensor product(const torch::Tensor& x, const std::optional<torch::Tensor>& bias) const;
  // The same rounded; operands must be.
  torch::Tensor rounded_product(const torch::Tensor& x, const torch::Tensor& bias) const;
  // up [R, out] -> f32 [R, in]
  torch::Tensor input_gradient(const torch::Tensor& up) const;
  // f32 [out, in], or undefined where LateGradients (late_gradients.h) kept the product.
  torch::Tensor weight_gradient(const torch::Tensor& up, const torch::Tensor& x) const;

 private:
  torch::Tensor weight_, used_;
};

}  // namespace svgfusion::nn
