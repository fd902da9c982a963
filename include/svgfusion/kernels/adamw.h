// SPDX-License-Identifier: MIT
// AdamW (Loshchilov and Hutter 2019, algorithm 2): decay, moments, weights and their moving average
// in one pass over memory; on a GPU over a whole buffer (cuda.h). A gradient that is a product of
// few rows need not be written at all: its blocks are used while they are in cache. Its norm:
// product_norm.h.
#pragma once

#include "svgfusion/kernels/bfloat16.h"
#include "svgfusion/kernels/parallel.h"
#include "svgfusion/kernels/product.h"

namespace svgfusion::kernels {

struct AdamW {
  double rate = 0;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double weight_decay = 0;
  double epsilon = 1e-8;
  double updates = 1;         // made, this one counted: for the correction of the moments' bias
  double gradient_scale = 1;  // gradients are multiplied by it
  double forgets = 0;         // 1 - decay of the moving average
};

// n numbers each. `average` and `rounded` may be null.
struct WeightState {
  float* values = nullptr;
  float* first_moment = nullptr;
  float* second_moment = nullptr;
  float* average = nullptr;
  Bfloat16* rounded = nullptr;  // the new values, for products in bfloat16

  // What begins at number `first`.
  WeightState from(std::int64_t first) const {
    return {values + first, first_moment + first, second_moment + first,
            average == nullptr ? nullptr : average + first,
            rounded == nullptr ? nullptr : rounded + first};
  }
};

// Returns the sum of squares of the scaled gradient, as the functions below.
double adamw(const float* gradient, const WeightState& state, std::int64_t n, const AdamW& rule,
             const Parallel& parallel);

// The same for the gradient up^T x of weights [O, I] (product_weight_gradient).
double adamw_of_product(const float* up, const float* x, const ProductSizes& sizes,
                        const WeightState& state, const AdamW& rule, const Parallel& parallel);
double adamw_of_product(const Bfloat16* up, const Bfloat16* x, const ProductSizes& sizes,
                        const WeightState& state, const AdamW& rule, const Parallel& parallel);

}  // namespace svgfusion::kernels
