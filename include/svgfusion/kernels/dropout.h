// SPDX-License-Identifier: MIT
// Dropout (Srivastava et al., 2014) whose mask is a function of a seed and an element's number: it
// is drawn again for the gradient instead of being stored, and does not depend on threads.
#pragma once

#include "svgfusion/kernels/dropout_draw.h"
#include "svgfusion/kernels/parallel.h"

namespace svgfusion::kernels {

// y = base + drop(x), where drop makes an element 0 or 1 / (1 - probability) times itself; `base`
// may be null.
void dropout(const float* x, const float* base, float* y, std::int64_t count, const Draw& draw,
             const Parallel& parallel);

// y = drop(max(x, 0)); with a null draw nothing is dropped.
void relu_dropout(const float* x, float* y, std::int64_t count, const Draw& draw,
                  const Parallel& parallel);
// dx for the gradient `up` of y: only elements that are positive in y have one.
void relu_dropout_gradient(const float* up, const float* y, float* dx, std::int64_t count,
                           const Draw& draw, const Parallel& parallel);

}  // namespace svgfusion::kernels
