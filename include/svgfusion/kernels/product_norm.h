// SPDX-License-Identifier: MIT
// The norm of gradients that are products of few rows, without the products.
#pragma once

#include <vector>

#include "svgfusion/kernels/product.h"

namespace svgfusion::kernels {

// up [R, O], x [R, I]; in bfloat16, O and I are even.
template <class Number>
struct RowProduct {
  const Number* up = nullptr;
  const Number* x = nullptr;
  ProductSizes sizes;
};
// The sum of squares of all numbers of all products up^T x, by
//   |up^T x|^2 = sum over r, s of (up up^T)[r, s] (x x^T)[r, s].
double square_sum(const std::vector<RowProduct<float>>& products, const Parallel& parallel);
double square_sum(const std::vector<RowProduct<Bfloat16>>& products, const Parallel& parallel);
// What this sum is at most, for a fraction of the work: |up^T x| <= |up| |x|. Not finite where a
// number is not.
double square_bound(const std::vector<RowProduct<float>>& products, const Parallel& parallel);
double square_bound(const std::vector<RowProduct<Bfloat16>>& products, const Parallel& parallel);

}  // namespace svgfusion::kernels
