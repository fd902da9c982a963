// SPDX-License-Identifier: MIT
#include "svgfusion/model/denoiser.h"

#include <torch/nn/init.h>

#include <cmath>

#include "svgfusion/base/error.h"
#include "svgfusion/nn/activation.h"
#include "svgfusion/nn/float_stack.h"
#include "svgfusion/nn/linear.h"
#include "svgfusion/nn/modulation.h"

namespace svgfusion::model {
namespace {

using torch::nn::Linear;

constexpr std::int64_t kTimeFeatures = 256;
constexpr double kNormEpsilon = 1e-6;

// DiT's initialisation of every linear map: Xavier, no bias.
Linear xavier(std::int64_t in, std::int64_t out) {
  Linear layer(in, out);
  torch::nn::init::xavier_uniform_(layer->weight);
  torch::nn::init::zeros_(layer->bias);
  return layer;
}

Linear zero(std::int64_t in, std::int64_t out) {
  Linear layer(in, out);
  torch::nn::init::zeros_(layer->weight);
  torch::nn::init::zeros_(layer->bias);
  return layer;
}

}  // namespace

DenoiserBlockImpl::DenoiserBlockImpl(std::int64_t width, std::int64_t heads,
                                     std::int64_t feed_forward) {
  attention_ = register_module("attention", nn::SelfAttention(width, heads, 0.0));
  up_ = register_module("up", xavier(width, feed_forward));
  down_ = register_module("down", xavier(feed_forward, width));
}

torch::Tensor DenoiserBlockImpl::forward(const torch::Tensor& x,
                                         const nn::Modulation (&modulation)[2],
                                         const torch::Tensor& rows) {
  const nn::BranchMaps feed_forward{up_->weight, up_->bias, down_->weight, down_->bias, true};
  return nn::modulated_branch(attend(x, modulation[0], rows), modulation[1], feed_forward,
                              kNormEpsilon, rows);
}

nn::StackBlock DenoiserBlockImpl::maps() const {
  nn::StackBlock out;
  attention_->add_to(out);
  out.up_weight = up_->weight;
  out.up_bias = up_->bias;
  out.down_weight = down_->weight;
  out.down_bias = down_->bias;
  return out;
}

torch::Tensor DenoiserBlockImpl::attend(const torch::Tensor& x, const nn::Modulation& m,
                                        const torch::Tensor& rows) {
  if (x.size(1) == 1 && !attention_->is_merged())
    return nn::modulated_branch(x, m, attention_->one_token_maps(), kNormEpsilon, rows);
  const auto normal = nn::modulated_norm(x, m.shift, m.scale, kNormEpsilon, rows);
  return nn::gated_residual(x, m.gate, attention_->forward_dense(normal), rows);
}

DenoiserImpl::DenoiserImpl(const DenoiserConfig& c, const DenoiserShape& shape)
    : config_(c), shape_(shape) {
  if (!c.input_projection && c.width != shape.latent_width) {
    throw base::ConfigError(
        base::concat("denoiser.width is ", c.width, " and the latent width ", shape.latent_width,
                     "; make them equal or set denoiser.input_projection to true"));
  }
  if (c.width % c.heads != 0) {
    throw base::ConfigError(base::concat("denoiser.heads is ", c.heads,
                                         "; expected a divisor of denoiser.width ", c.width));
  }
  if (c.input_projection) input_ = register_module("input", xavier(shape.latent_width, c.width));
  if (c.token_code == "sincos") {
    token_table_ = register_buffer("token_table", nn::square_sines(shape.latent_tokens, c.width));
  } else if (shape.latent_tokens > 1) {
    token_table_ =
        register_parameter("token_table", torch::randn({shape.latent_tokens, c.width}) * 0.02);
  }
  time_in_ = register_module("time_in", xavier(kTimeFeatures, c.width));
  time_out_ = register_module("time_out", xavier(c.width, c.width));
  torch::nn::init::normal_(time_in_->weight, 0, 0.02);
  torch::nn::init::normal_(time_out_->weight, 0, 0.02);
  label_table_ = register_module("label_table", nn::LabelEmbedding(shape.labels, c.width));
  blocks_ = register_module("blocks", torch::nn::ModuleList());
  const auto feed_forward =
      static_cast<std::int64_t>(std::lround(c.feed_forward_ratio * static_cast<double>(c.width)));
  for (std::int64_t i = 0; i < c.depth; ++i)
    blocks_->push_back(DenoiserBlock(c.width, c.heads, feed_forward));
  modulation_ = register_module("modulation", zero(c.width, (6 * c.depth + 2) * c.width));
  output_ = register_module("output",
                            zero(c.width, (shape.learns_variance ? 2 : 1) * shape.latent_width));
  latent_mean_ =
      register_buffer("latent_mean", torch::zeros({shape.latent_tokens, shape.latent_width}));
  latent_std_ =
      register_buffer("latent_std", torch::ones({shape.latent_tokens, shape.latent_width}));
}

diffusion::Output DenoiserImpl::forward(const torch::Tensor& x, const torch::Tensor& time,
                                        const torch::Tensor& labels, const torch::Tensor& rows) {
  SVGFUSION_CHECK(
      x.dim() == 3 && x.size(1) == shape_.latent_tokens && x.size(2) == shape_.latent_width,
      "latents are not [B, ", shape_.latent_tokens, ", ", shape_.latent_width, "]");
  auto h = input_.is_empty() ? x : nn::linear(input_, x);  // [B, T, W]
  if (token_table_.defined()) h = h + token_table_;
  const auto time_code = nn::linear(
      time_out_,
      at::silu(nn::linear(time_in_, nn::timestep_features(time, kTimeFeatures).to(x.dtype()))));
  const auto condition = at::silu(time_code + label_table_->forward(labels));  // [B or U, W]
  const auto out = nn::linear(output_, through_blocks(h, condition, rows));    // [B, T, D or 2 D]
  if (!shape_.learns_variance) return {out, {}};
  const auto halves = out.chunk(2, 2);
  return {halves[0], halves[1]};
}

// h [B, T, W] -> the last norm [B, T, W].
torch::Tensor DenoiserImpl::through_blocks(torch::Tensor h, const torch::Tensor& condition,
                                           const torch::Tensor& rows) {
  if (h.size(1) == 1) {
    const bool trains = at::GradMode::is_enabled();
    std::vector<nn::StackBlock> all;
    for (const auto& block : *blocks_) all.push_back(block->as<DenoiserBlock>()->maps());
    const auto tokens = h.squeeze(1);
    if (nn::takes_stack(tokens, all, trains)) {
      const auto y =
          trains ? nn::modulated_stack(tokens, nn::rounded_linear(modulation_, condition), all,
                                       kNormEpsilon)
                 : nn::frozen_stack(tokens, nn::linear(modulation_, condition).to(torch::kBFloat16),
                                    rows, all, kNormEpsilon);
      return y.unsqueeze(1);
    }
    if (!(trains && rows.defined()) && nn::takes_float_stack(tokens, all, trains)) {
      const auto modulation = nn::linear(modulation_, condition);
      return nn::float_stack(tokens, modulation, all, kNormEpsilon, rows).unsqueeze(1);
    }
  }
  const auto parts = nn::linear(modulation_, condition).split(config_.width, 1);
  auto next = parts.begin();
  const auto take = [&] {
    next += 3;
    return nn::Modulation{next[-3], next[-2], next[-1]};
  };
  for (const auto& block : *blocks_)
    h = block->as<DenoiserBlock>()->forward(h, {take(), take()}, rows);
  return nn::modulated_norm(h, next[0], next[1], kNormEpsilon, rows);
}

torch::Tensor DenoiserImpl::drop_labels(const torch::Tensor& labels,
                                        const torch::Tensor& uniform) const {
  return labels.masked_fill(uniform.lt(config_.label_dropout), null_label());
}

void DenoiserImpl::set_statistics(const torch::Tensor& mean, const torch::Tensor& std) {
  const torch::NoGradGuard no_grad;
  latent_mean_.copy_(mean);
  latent_std_.copy_(std);
}

FrozenDenoiser::FrozenDenoiser(Denoiser denoiser) : denoiser_(std::move(denoiser)) {
  if (denoiser_->shape().latent_tokens != 1) return;
  for (const auto& block : *denoiser_->blocks())
    block->as<DenoiserBlock>()->attention()->merge_one_token();
}

FrozenDenoiser::~FrozenDenoiser() {
  for (const auto& block : *denoiser_->blocks()) block->as<DenoiserBlock>()->attention()->unmerge();
}

diffusion::Output FrozenDenoiser::forward(const torch::Tensor& x, const torch::Tensor& time,
                                          const torch::Tensor& labels, const torch::Tensor& rows) {
  const nn::PackedWeights::Use use(weights_);
  return denoiser_->forward(x, time, labels, rows);
}

torch::Tensor DenoiserImpl::standardise(const torch::Tensor& latents) const {
  return (latents - latent_mean_) / latent_std_;
}
torch::Tensor DenoiserImpl::unstandardise(const torch::Tensor& x) const {
  return x * latent_std_ + latent_mean_;
}

}  // namespace svgfusion::model
