// SPDX-License-Identifier: MIT
// In which numbers the products of linear maps are computed; everything else stays float32.
#pragma once

#include <torch/nn/module.h>

#include <string>
#include <string_view>
#include <vector>

namespace svgfusion::nn {

// bfloat16: operands are rounded to 8 significant bits, sums are float32. About twice as fast where
// the processor has such products (NVIDIA since Ampere, AVX512_BF16, AMX), slower elsewhere.
enum class Precision { kFloat32, kBfloat16 };
inline const std::vector<std::string_view> kPrecisionNames{"float32", "bfloat16"};
Precision precision_from(const std::string& name);

// Sets what `linear` does until its end, in all threads. Weights and their gradients stay float32.
class ProductPrecision {
 public:
  explicit ProductPrecision(Precision precision);
  ~ProductPrecision();
  ProductPrecision(const ProductPrecision&) = delete;
  ProductPrecision& operator=(const ProductPrecision&) = delete;

 private:
  Precision before_;
};
Precision product_precision();

// For inference: rounds the weights of all linear maps of a module once and for all, and `linear`
// then rounds what they are multiplied by.
void round_weights(torch::nn::Module& module, Precision precision);

}  // namespace svgfusion::nn
