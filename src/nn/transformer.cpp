// SPDX-License-Identifier: MIT
#include "svgfusion/nn/transformer.h"

#include <torch/nn/functional/activation.h>
#include <torch/nn/init.h>

#include "svgfusion/base/error.h"
#include "svgfusion/nn/linear.h"

namespace svgfusion::nn {

SelfAttentionImpl::SelfAttentionImpl(std::int64_t width, std::int64_t heads, double dropout)
    : heads_(heads), dropout_(dropout) {
  SVGFUSION_CHECK(width % heads == 0, "width ", width, " is not divisible by ", heads, " heads");
  qkv_ = register_module("qkv", torch::nn::Linear(width, 3 * width));
  out_ = register_module("out", torch::nn::Linear(width, width));
  // As torch.nn.MultiheadAttention starts, which the reference uses.
  torch::nn::init::xavier_uniform_(qkv_->weight);
  torch::nn::init::zeros_(qkv_->bias);
  torch::nn::init::zeros_(out_->bias);
}

torch::Tensor SelfAttentionImpl::attend(const torch::Tensor& qkv, const torch::Tensor& mask,
                                        bool causal) {
  const std::int64_t groups = qkv.size(0);
  const std::int64_t length = qkv.size(1);
  const std::int64_t width = qkv.size(2) / 3;
  const auto parts = qkv.view({groups, length, 3, heads_, width / heads_})
                         .permute({2, 0, 3, 1, 4});  // [3, G, H, S, W/H]
  const auto mixed = at::scaled_dot_product_attention(
      parts[0], parts[1], parts[2], mask.defined() ? std::optional(mask) : std::nullopt,
      is_training() ? dropout_ : 0.0, causal);
  return mixed.transpose(1, 2).reshape({groups, length, width});  // [G, S, W]
}

// Queries, keys and values. A bias of the keys adds the same to all scores of a query, which
// softmax does not see: its gradient is zero, and what rounding makes of it would be blown up by
// AdamW and let runs of different numbers of processes drift apart.
torch::Tensor SelfAttentionImpl::project(const torch::Tensor& x) {
  if (!at::GradMode::is_enabled()) return linear(qkv_, x);
  const auto parts = qkv_->bias.chunk(3, 0);
  return linear(x, qkv_->weight, torch::cat({parts[0], parts[1].detach(), parts[2]}));
}

torch::Tensor SelfAttentionImpl::forward(const torch::Tensor& rows, const Ragged& ragged,
                                         Reach reach) {
  const auto padded = pad(project(rows), ragged);  // [G, S, 3W]
  // Under a causal mask the padding behind a group is never seen by its rows.
  const bool causal = reach == Reach::kPast;
  const bool needs_mask =
      ragged.masks_rows || (!causal && ragged.rows != ragged.groups * ragged.max_length);
  const auto mixed = attend(padded, needs_mask ? ragged.key_mask : torch::Tensor(), causal);
  return linear(out_, unpad(mixed, ragged));
}

torch::Tensor SelfAttentionImpl::forward_dense(const torch::Tensor& tokens) {
  const std::int64_t width = tokens.size(2);
  if (tokens.size(1) == 1) {
    // Softmax over one key is 1: queries and keys cannot matter, and get no gradient.
    const auto value = linear(tokens, qkv_->weight.narrow(0, 2 * width, width),
                              qkv_->bias.narrow(0, 2 * width, width));
    return linear(out_, value);
  }
  return linear(out_, attend(project(tokens), {}, false));
}

TransformerLayerImpl::TransformerLayerImpl(const LayerOptions& o) {
  attention_norm_ = register_module("attention_norm",
                                    torch::nn::LayerNorm(torch::nn::LayerNormOptions({o.width})));
  attention_ = register_module("attention", SelfAttention(o.width, o.heads, o.dropout));
  if (o.code_width > 0)
    inject_ = register_module("inject", torch::nn::Linear(o.code_width, o.width));
  if (o.label_width > 0)
    inject_label_ = register_module("inject_label", torch::nn::Linear(o.label_width, o.width));
  feed_forward_norm_ = register_module(
      "feed_forward_norm", torch::nn::LayerNorm(torch::nn::LayerNormOptions({o.width})));
  up_ = register_module("up", torch::nn::Linear(o.width, o.feed_forward));
  down_ = register_module("down", torch::nn::Linear(o.feed_forward, o.width));
  dropout_ = register_module("dropout", torch::nn::Dropout(o.dropout));
  inner_dropout_ = o.inner_dropout;
}

torch::Tensor TransformerLayerImpl::forward(torch::Tensor x, const Ragged& ragged, Reach reach,
                                            const torch::Tensor& codes,
                                            const torch::Tensor& label_codes) {
  x = x + dropout_->forward(attention_->forward(attention_norm_->forward(x), ragged, reach));
  if (!inject_.is_empty()) {
    x = x + dropout_->forward(
                linear(inject_, codes).index_select(0, ragged.group));  // [G, W] -> [K, W]
  }
  if (!inject_label_.is_empty()) {
    x = x + dropout_->forward(linear(inject_label_, label_codes).index_select(0, ragged.group));
  }
  auto inner = at::relu(linear(up_, feed_forward_norm_->forward(x)));
  if (inner_dropout_) inner = dropout_->forward(inner);
  return x + dropout_->forward(linear(down_, inner));
}

TransformerImpl::TransformerImpl(const LayerOptions& options, std::int64_t layers) {
  layers_ = register_module("layers", torch::nn::ModuleList());
  for (std::int64_t i = 0; i < layers; ++i) layers_->push_back(TransformerLayer(options));
  norm_ =
      register_module("norm", torch::nn::LayerNorm(torch::nn::LayerNormOptions({options.width})));
}

void TransformerImpl::equalize_layers() {
  const torch::NoGradGuard no_grad;
  for (std::size_t i = 1; i < layers_->size(); ++i) {
    const auto from = layers_->ptr(0)->parameters();
    auto to = layers_->ptr(i)->parameters();
    for (std::size_t k = 0; k < to.size(); ++k) to[k].copy_(from[k]);
  }
}

torch::Tensor TransformerImpl::forward(torch::Tensor x, const Ragged& ragged, Reach reach,
                                       const torch::Tensor& codes,
                                       const torch::Tensor& label_codes) {
  for (const auto& layer : *layers_)
    x = layer->as<TransformerLayer>()->forward(x, ragged, reach, codes, label_codes);
  return norm_->forward(x);
}

}  // namespace svgfusion::nn
