// SPDX-License-Identifier: MIT
#pragma once

#include <torch/nn/module.h>
#include <torch/nn/modules/embedding.h>
#include <torch/nn/modules/linear.h>

namespace svgfusion::nn {

// A table whose rows start as kaiming_normal over their width: N(0, 2 / width), as DeepSVG's do.
torch::nn::Embedding make_table(std::int64_t rows, std::int64_t width);

// cos and sin of t times width/2 frequencies from 1 down to 1e-4, cosines first (DiT's
// timestep_embedding). t: [B] float -> [B, width].
torch::Tensor timestep_features(const torch::Tensor& t, std::int64_t width);

// DiT's fixed code of tokens that stand in a square, row by row: [tokens, width]. The first half of
// the width is of the column, the second of the row; each is sines, then cosines. Throws
// ConfigError when tokens are no square or the width is not divisible by 4.
torch::Tensor square_sines(std::int64_t tokens, std::int64_t width);

// A label table with one more row for "no label": index `labels`.
class LabelEmbeddingImpl : public torch::nn::Module {
 public:
  LabelEmbeddingImpl(std::int64_t labels, std::int64_t width);
  torch::Tensor forward(const torch::Tensor& labels);  // [B] -> [B, W]
  std::int64_t null_label() const { return labels_; }

 private:
  std::int64_t labels_;
  torch::nn::Embedding table_{nullptr};
};
TORCH_MODULE(LabelEmbedding);

}  // namespace svgfusion::nn
