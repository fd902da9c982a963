// SPDX-License-Identifier: MIT
// The pre-norm transformer layer of the autoencoder, over packed rows.
// Shapes: K packed rows in G groups, W model width, Z width of the injected code.
#pragma once

#include <torch/nn/module.h>
#include <torch/nn/modules/container/modulelist.h>
#include <torch/nn/modules/linear.h>
#include <torch/nn/modules/normalization.h>

#include "svgfusion/nn/attention.h"
#include "svgfusion/nn/modulated_branch.h"
#include "svgfusion/nn/modulated_stack.h"

namespace svgfusion::nn {

class SelfAttentionImpl : public torch::nn::Module {
 public:
  SelfAttentionImpl(std::int64_t width, std::int64_t heads, double dropout);

  torch::Tensor forward(const torch::Tensor& rows, const Ragged& ragged, Reach reach);  // [K, W]
  torch::Tensor forward_dense(const torch::Tensor& tokens);  // [B, T, W], all tokens see each other
  // The two maps that attention is with one token: softmax over one key is 1, so queries and keys
  // cannot matter, and get no gradient.
  BranchMaps one_token_maps() const;
  // The same for a stack of blocks: sets what of `block` is attention's.
  void add_to(StackBlock& block) const;

  // For inference with one token: values and output are one map, computed from the weights as they
  // are now and used until `unmerge`.
  void merge_one_token();
  void unmerge();
  bool is_merged() const { return merged_weight_.defined(); }

 private:
  torch::Tensor project(const torch::Tensor& x);
  AttentionOptions options(Reach reach) const;

  std::int64_t heads_;
  double dropout_;
  torch::nn::Linear qkv_{nullptr};
  torch::nn::Linear out_{nullptr};
  torch::Tensor merged_weight_, merged_bias_;  // while merged
};
TORCH_MODULE(SelfAttention);

struct LayerOptions {
  std::int64_t width = 256;
  std::int64_t heads = 8;
  std::int64_t feed_forward = 512;
  double dropout = 0.1;
  std::int64_t code_width = 0;   // Z; 0: nothing is injected
  std::int64_t label_width = 0;  // of a second code, injected after the first; 0: none
  bool inner_dropout = false;    // inside the feed-forward part too
};

// x += attention(norm(x)); x += inject(code); x += feed_forward(norm(x))   (DeepSVG's "global"
// layer: the code enters by addition in every layer, Carlier et al. 2020, section 3.2)
class TransformerLayerImpl : public torch::nn::Module {
 public:
  explicit TransformerLayerImpl(const LayerOptions& options);
  // `codes` is [G, Z] and `label_codes` [G, label_width], one a group; undefined where nothing is
  // injected.
  torch::Tensor forward(const torch::Tensor& x, const Ragged& ragged, Reach reach,
                        const torch::Tensor& codes, const torch::Tensor& label_codes);
  // Its two halves: forward is finish(attend(x)).
  torch::Tensor attend(const torch::Tensor& x, const Ragged& ragged, Reach reach);
  torch::Tensor finish(torch::Tensor x, const Ragged& ragged, const torch::Tensor& codes,
                       const torch::Tensor& label_codes);

 private:
  double dropout() const { return is_training() ? dropout_ : 0; }

  torch::nn::LayerNorm attention_norm_{nullptr};
  SelfAttention attention_{nullptr};
  torch::nn::Linear inject_{nullptr}, inject_label_{nullptr};
  torch::nn::LayerNorm feed_forward_norm_{nullptr};
  torch::nn::Linear up_{nullptr};
  torch::nn::Linear down_{nullptr};
  double dropout_;
  bool inner_dropout_;
};
TORCH_MODULE(TransformerLayer);

// Layers and a final norm.
class TransformerImpl : public torch::nn::Module {
 public:
  TransformerImpl(const LayerOptions& options, std::int64_t layers);
  torch::Tensor forward(const torch::Tensor& x, const Ragged& ragged, Reach reach,
                        const torch::Tensor& codes = {}, const torch::Tensor& label_codes = {});
  // The same where row p of every group starts as row p of `table`: until something else than
  // the table enters, all groups are one, and where that holds they are computed as one.
  torch::Tensor forward_table(const torch::Tensor& table, const Ragged& ragged, Reach reach,
                              const torch::Tensor& codes, const torch::Tensor& label_codes = {});
  // Gives every layer the weights of the first, as a stack of deep copies starts.
  void equalize_layers();

 private:
  torch::Tensor go_on(torch::Tensor x, std::size_t first_layer, const Ragged& ragged, Reach reach,
                      const torch::Tensor& codes, const torch::Tensor& label_codes);

  bool has_dropout_;
  torch::nn::ModuleList layers_;
  torch::nn::LayerNorm norm_{nullptr};
};
TORCH_MODULE(Transformer);

}  // namespace svgfusion::nn
