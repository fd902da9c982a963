// SPDX-License-Identifier: MIT
// Self-attention within groups of packed rows, without padding where a kernel of our own computes
// it (kernels/attention.h), else by LibTorch over padded groups.
#pragma once

#include "svgfusion/nn/ragged.h"

namespace svgfusion::nn {

enum class Reach {
  kWholeGroup,  // a row sees every row of its group
  kPast,        // a row sees itself and the rows before it: what follows cannot change it
};

struct AttentionOptions {
  std::int64_t heads = 1;
  Reach reach = Reach::kWholeGroup;
  double dropout = 0;  // of the weights
};

// qkv [K, 3 W]: queries, keys and values of K rows -> [K, W]
torch::Tensor attention(const torch::Tensor& qkv, const Ragged& ragged,
                        const AttentionOptions& options);
// The same of groups of one length: [G, S, 3 W] -> [G, S, W]
torch::Tensor attention(const torch::Tensor& qkv, const AttentionOptions& options);

}  // namespace svgfusion::nn
