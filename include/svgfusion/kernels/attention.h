// SPDX-License-Identifier: MIT
// Self-attention within many short groups of rows, without padding (Vaswani et al., 2017, equation
// 1): general libraries spend more on copies and on padding than on such attention.
#pragma once

#include "svgfusion/kernels/dropout_draw.h"
#include "svgfusion/kernels/parallel.h"

namespace svgfusion::kernels {

struct AttentionSizes {
  const std::int64_t* offsets = nullptr;  // [G + 1]: group g has rows [offsets[g], offsets[g + 1])
  std::int64_t groups = 0;                // G
  std::int64_t longest = 0;               // rows of the longest group
  std::int64_t heads = 0;                 // H
  std::int64_t head_width = 0;            // D; the model's width is H D
  bool is_causal = false;                 // a row sees itself and those before it
  Draw draw;                              // dropout of the weights
};

// The weights' draws are numbered by row, head and column; each row of a head begins with a block.
inline std::int64_t weight_stride(const AttentionSizes& sizes) {
  return (sizes.longest + kDrawBlock - 1) / kDrawBlock * kDrawBlock;
}

// qkv [K, 3 H D]: queries, keys and values of every row -> out [K, H D]
void attention(const float* qkv, float* out, const AttentionSizes& sizes, const Parallel& parallel);
// dqkv [K, 3 H D] for the gradient `up` [K, H D] of out; the weights are computed again.
void attention_gradient(const float* up, const float* qkv, float* dqkv, const AttentionSizes& sizes,
                        const Parallel& parallel);

}  // namespace svgfusion::kernels
