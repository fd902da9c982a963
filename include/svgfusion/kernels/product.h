// SPDX-License-Identifier: MIT
// Matrix products of a few rows on the CPU. General libraries copy the weights into a form of their
// own at every call, which costs more than the product itself when the other operand has only some
// dozen rows; here each weight is read once, where it lies.
//
// R rows, I inputs, O outputs; all matrices are row-major and without gaps, and results float32, as
// their sums are. Operands in bfloat16 are multiplied two at a time where the processor can. Each
// number is summed in one order by one thread, so results do not depend on the number of threads.
#pragma once

#include "svgfusion/kernels/bfloat16.h"
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
// Whether it also has instructions for operands in bfloat16 (AVX512_BF16).
bool has_fast_bfloat16_products();

// y [R, O] = x [R, I] w^T + bias, w [O, I]; `bias` [O] may be null.
void product(const float* x, const float* w, const float* bias, float* y, const ProductSizes& sizes,
             const Parallel& parallel);
// I is even.
void product(const Bfloat16* x, const Bfloat16* w, const float* bias, float* y,
             const ProductSizes& sizes, const Parallel& parallel);

// The same with weights that many products use: turned over once, into the form that the innermost
// loops take. I is even in bfloat16. How many numbers that form has:
std::int64_t packed_size(const ProductSizes& sizes);
void pack_weights(const float* w, float* packed, const ProductSizes& sizes,
                  const Parallel& parallel);
void pack_weights(const Bfloat16* w, Bfloat16* packed, const ProductSizes& sizes,
                  const Parallel& parallel);
void packed_product(const float* x, const float* packed, const float* bias, float* y,
                    const ProductSizes& sizes, const Parallel& parallel);
void packed_product(const Bfloat16* x, const Bfloat16* packed, const float* bias, float* y,
                    const ProductSizes& sizes, const Parallel& parallel);

// The gradients of that product for the gradient `up` [R, O] of y.
// dx [R, I] = up w
void product_input_gradient(const float* up, const float* w, float* dx, const ProductSizes& sizes,
                            const Parallel& parallel);
// O is even.
void product_input_gradient(const Bfloat16* up, const Bfloat16* w, float* dx,
                            const ProductSizes& sizes, const Parallel& parallel);
// dw [O, I] = up^T x
void product_weight_gradient(const float* up, const float* x, float* dw, const ProductSizes& sizes,
                             const Parallel& parallel);
void product_weight_gradient(const Bfloat16* up, const Bfloat16* x, float* dw,
                             const ProductSizes& sizes, const Parallel& parallel);

}  // namespace svgfusion::kernels
