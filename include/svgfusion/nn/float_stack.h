// SPDX-License-Identifier: MIT
// modulated_stack.h on a CPU: all blocks of a denoiser of one token, and the norm behind them, as
// one operation whose products have the precision that stands (precision.h); all else is float32.
// With few rows a step consists of a thousand small operations, and between them all threads but
// one wait: here what stands between two products is one pass, and nothing is kept in books.
#pragma once

#include "svgfusion/nn/modulated_stack.h"

namespace svgfusion::nn {

// Whether `float_stack` takes rows like x [R, W] f32 with these blocks: by kernels of our own, on a
// CPU; to train, none of them merged.
bool takes_float_stack(const torch::Tensor& x, const std::vector<StackBlock>& blocks, bool trains);

// x [R, W] f32, contiguous modulation [R or U, (6 L + 2) W] f32: shift, scale and gate of each
// branch, shift and scale of the last norm -> the modulated last norm [R, W] f32. Blocks are as in
// modulated_stack.h, merged or not. `rows` i64 [R]: the rows of modulation that samples use, or
// their own where it is undefined; not for gradients.
torch::Tensor float_stack(const torch::Tensor& x, const torch::Tensor& modulation,
                          const std::vector<StackBlock>& blocks, double epsilon,
                          const torch::Tensor& rows = {});

}  // namespace svgfusion::nn
