// SPDX-License-Identifier: MIT
#include "svgfusion/kernels/activation.h"

#include "svgfusion/kernels/float_branch.h"

namespace svgfusion::kernels {

void bias_gelu(const float* x, const float* bias, float* y, std::int64_t rows, std::int64_t width,
               const Parallel& parallel) {
  bias_gelu(x, bias, Operand{y}, rows, width, parallel);
}

void bias_gelu_gradient(const float* up, const float* x, const float* bias, float* dx, float* dbias,
                        std::int64_t rows, std::int64_t width, const Parallel& parallel) {
  bias_gelu_gradient(up, x, bias, Operand{dx}, dbias, rows, width, parallel);
}

}  // namespace svgfusion::kernels
