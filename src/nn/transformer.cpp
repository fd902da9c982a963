// SPDX-License-Identifier: MIT
#include "svgfusion/nn/transformer.h"

#include <torch/nn/init.h>

#include "svgfusion/base/error.h"
#include "svgfusion/nn/dropout.h"
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

AttentionOptions SelfAttentionImpl::options(Reach reach) const {
  return {heads_, reach, is_training() ? dropout_ : 0.0};
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
  return linear(out_, attention(project(rows), ragged, options(reach)));
}

torch::Tensor SelfAttentionImpl::forward_dense(const torch::Tensor& tokens) {
  if (tokens.size(1) == 1) {
    if (is_merged()) return linear(tokens, merged_weight_, merged_bias_);
    const BranchMaps maps = one_token_maps();
    return linear(out_, linear(tokens, maps.first_weight, maps.first_bias));
  }
  return linear(out_, attention(project(tokens), options(Reach::kWholeGroup)));
}

BranchMaps SelfAttentionImpl::one_token_maps() const {
  const std::int64_t width = out_->weight.size(0);
  return {qkv_->weight.narrow(0, 2 * width, width), qkv_->bias.narrow(0, 2 * width, width),
          out_->weight, out_->bias};
}

void SelfAttentionImpl::add_to(StackBlock& block) const {
  block.qkv_weight = qkv_->weight;
  block.qkv_bias = qkv_->bias;
  block.out_weight = out_->weight;
  block.out_bias = out_->bias;
  block.merged_weight = merged_weight_;
  block.merged_bias = merged_bias_;
}

// out(value(x)) = (O V) x + (O v + o)
void SelfAttentionImpl::merge_one_token() {
  const torch::NoGradGuard no_grad;
  const std::int64_t width = out_->weight.size(0);
  const auto out = out_->weight.to(torch::kFloat);
  const auto value = qkv_->weight.narrow(0, 2 * width, width).to(torch::kFloat);
  merged_weight_ = out.mm(value).to(qkv_->weight.scalar_type());
  merged_bias_ = out.mv(qkv_->bias.narrow(0, 2 * width, width)) + out_->bias;
}

void SelfAttentionImpl::unmerge() {
  merged_weight_.reset();
  merged_bias_.reset();
}

TransformerLayerImpl::TransformerLayerImpl(const LayerOptions& o)
    : dropout_(o.dropout), inner_dropout_(o.inner_dropout) {
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
}

torch::Tensor TransformerLayerImpl::forward(const torch::Tensor& x, const Ragged& ragged,
                                            Reach reach, const torch::Tensor& codes,
                                            const torch::Tensor& label_codes) {
  return finish(attend(x, ragged, reach), ragged, codes, label_codes);
}

torch::Tensor TransformerLayerImpl::attend(const torch::Tensor& x, const Ragged& ragged,
                                           Reach reach) {
  return nn::dropout(attention_->forward(attention_norm_->forward(x), ragged, reach), dropout(), x);
}

torch::Tensor TransformerLayerImpl::finish(torch::Tensor x, const Ragged& ragged,
                                           const torch::Tensor& codes,
                                           const torch::Tensor& label_codes) {
  const auto inject = [&](const torch::nn::Linear& layer, const torch::Tensor& values) {
    if (layer.is_empty()) return;
    x = nn::dropout(linear(layer, values).index_select(0, ragged.group), dropout(), x);  // [K, W]
  };
  inject(inject_, codes);
  inject(inject_label_, label_codes);
  const auto inner =
      relu_dropout(linear(up_, feed_forward_norm_->forward(x)), inner_dropout_ ? dropout() : 0);
  return nn::dropout(linear(down_, inner), dropout(), x);
}

TransformerImpl::TransformerImpl(const LayerOptions& options, std::int64_t layers)
    : has_dropout_(options.dropout > 0) {
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

torch::Tensor TransformerImpl::go_on(torch::Tensor x, std::size_t first_layer, const Ragged& ragged,
                                     Reach reach, const torch::Tensor& codes,
                                     const torch::Tensor& label_codes) {
  for (std::size_t i = first_layer; i < layers_->size(); ++i)
    x = layers_->at<TransformerLayerImpl>(i).forward(x, ragged, reach, codes, label_codes);
  return norm_->forward(x);
}

torch::Tensor TransformerImpl::forward(const torch::Tensor& x, const Ragged& ragged, Reach reach,
                                       const torch::Tensor& codes,
                                       const torch::Tensor& label_codes) {
  return go_on(x, 0, ragged, reach, codes, label_codes);
}

torch::Tensor TransformerImpl::forward_table(const torch::Tensor& table, const Ragged& ragged,
                                             Reach reach, const torch::Tensor& codes,
                                             const torch::Tensor& label_codes) {
  // A row that sees its whole group sees the group's length.
  const bool is_uniform = ragged.rows == ragged.groups * ragged.max_length;
  const bool is_shared = !ragged.masks_rows && (is_uniform || reach == Reach::kPast) &&
                         !(has_dropout_ && is_training());
  if (!is_shared) {
    return go_on(table.index_select(0, ragged.position), 0, ragged, reach, codes, label_codes);
  }
  const auto once = Ragged::uniform(1, ragged.max_length, table.device());
  auto& first = layers_->at<TransformerLayerImpl>(0);
  const auto x = first.attend(table.narrow(0, 0, ragged.max_length), once, reach);
  return go_on(first.finish(x.index_select(0, ragged.position), ragged, codes, label_codes), 1,
               ragged, reach, codes, label_codes);
}

}  // namespace svgfusion::nn
