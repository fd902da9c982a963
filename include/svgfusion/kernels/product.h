// SPDX-License-Identifier: MIT
// Matrix products of a few rows on the CPU. General libraries copy the weights into a form of their
// own at every call, which costs more than the product itself when the other operand has only some
// dozen rows; here each weight is read once, where it lies.
//
// R rows, I inputs, O outputs; all matrices are float32, row-major and without gaps. Each number is
// summed in one order by one thread, so results do not depend on the number of threads.
#pragma once

#include "svgfusion/kernels/parallel.h"

namespace svgfusion::kernels {

struct ProductSizes {
  std::int64_t rows = 0;     // R
  std::int64_t inputs = 0;   // I
  std::int64_t outputs = 0;  // O
};

// Whether this processor has the vector instructions that make these products worth while (AVX2 and
// FMA, or AVX-512); they are right everywhere.
bool has_fast_products();

// y [R, O] = x [R, I] w^T + bias, w [O, I]; `bias` [O] may be null.
void product(const float* x, const float* w, const float* bias, float* y, const ProductSizes& sizes,
             const Parallel& parallel);
// The gradients of that product for the gradient `up` [R, O] of y.
// dx [R, I] = up w
void product_input_gradient(const float* up, const float* w, float* dx, const ProductSizes& sizes,
                            const Parallel& parallel);
// dw [O, I] = up^T x
void product_weight_gradient(const float* up, const float* x, float* dw, const ProductSizes& sizes,
                             const Parallel& parallel);

}  // namespace svgfusion::kernels
