// SPDX-License-Identifier: MIT
// The modules and the two halves of the forward pass; losses and decoding have files of their own.
#include "svgfusion/model/ragged_autoencoder.h"

#include "svgfusion/base/error.h"
#include "svgfusion/nn/embeddings.h"
#include "svgfusion/nn/linear.h"

namespace svgfusion::model {

namespace {

void check_per_contour(const AutoencoderConfig& c, const AutoencoderShape& shape) {
  if (c.variant == "vae") {
    throw base::ConfigError(
        "autoencoder.latent_per contour has no variant vae, whose noise would hide which contours "
        "there are; take noise or deterministic");
  }
  if (c.latent_tokens != latent_tokens_of(c, shape.limits)) {
    throw base::ConfigError(base::concat("autoencoder.latent_tokens is ", c.latent_tokens,
                                         ", but with latent_per contour it must be max_contours, ",
                                         shape.limits.max_contours));
  }
}

}  // namespace

using torch::nn::Linear;

RaggedAutoencoderImpl::RaggedAutoencoderImpl(const AutoencoderConfig& c,
                                             const AutoencoderShape& shape)
    : AutoencoderImpl(c, shape) {
  const std::int64_t positions = shape.limits.max_commands_per_contour + 1;  // one more: the end
  const std::int64_t slots = shape.limits.max_contours;
  if (is_per_contour()) check_per_contour(c, shape);
  const std::int64_t all_tokens = c.latent_tokens * c.latent_width;
  const std::int64_t latent = is_per_contour() ? c.latent_width : all_tokens;  // of one bottleneck
  const auto table = [&](const char* name, std::int64_t rows, std::int64_t width) {
    return register_module(name, nn::make_table(rows, width));
  };
  const auto linear = [&](const char* name, std::int64_t in, std::int64_t out) {
    return register_module(name, Linear(in, out));
  };
  const nn::LayerOptions layer{c.width, c.heads, c.feed_forward, c.dropout, 0};
  const auto stack = [&](const char* name, std::int64_t layers, std::int64_t code_width) {
    nn::LayerOptions options = layer;
    options.code_width = code_width;
    return register_module(name, nn::Transformer(options, layers));
  };
  command_table_ = table("command_table", icon::kCommandCount, c.width);
  // One row more than there are values: the last stands for "this command has no such argument".
  argument_table_ = table("argument_table", shape.values() + 1, c.argument_width);
  argument_projection_ =
      linear("argument_projection", icon::kArgumentCount * c.argument_width, c.width);
  position_table_ = table("position_table", positions, c.width);
  contour_encoder_ = stack("contour_encoder", c.contour_encoder_layers, 0);
  style_table_ = table("style_table", shape.styles, c.width);
  closed_table_ = table("closed_table", 2, c.width);
  grid_table_ = table("grid_table", icon::kGridCount, c.width);
  slot_table_ = table("slot_table", slots, c.width);
  icon_encoder_ = stack("icon_encoder", c.icon_encoder_layers, 0);
  residual_ = register_module("residual", torch::nn::ModuleList());
  for (int i = 0; i < 4; ++i) residual_->push_back(Linear(c.width, c.width));
  bottleneck_ = linear("bottleneck", c.width, latent);
  if (c.variant == "vae") {
    log_sigma2_ = linear("log_sigma2", c.width, latent);
    const torch::NoGradGuard no_grad;
    for (const auto& head : {bottleneck_, log_sigma2_}) {  // DeepSVG: N(0, 0.001), bias 0
      head->weight.normal_(0, 0.001);
      head->bias.zero_();
    }
  }
  decoder_slot_table_ = table("decoder_slot_table", slots + 1, c.width);
  icon_decoder_ = stack("icon_decoder", c.icon_decoder_layers, is_per_contour() ? 0 : latent);
  if (is_per_contour()) {
    empty_token_ = register_parameter("empty_token", torch::randn({1, c.latent_width}));
    token_projection_ = linear("token_projection", c.latent_width, c.width);
  }
  visibility_head_ = linear("visibility_head", c.width, 1);
  style_head_ = linear("style_head", c.width, shape.styles);
  closed_head_ = linear("closed_head", c.width, 1);
  grid_head_ = linear("grid_head", all_tokens, icon::kGridCount);
  code_head_ = linear("code_head", c.width, c.width);
  decoder_position_table_ = table("decoder_position_table", positions, c.width);
  contour_decoder_ = stack("contour_decoder", c.contour_decoder_layers, c.width);
  command_head_ = linear("command_head", c.width, 3);
  end_head_ = linear("end_head", c.width, 2 * coordinate_head().outputs());
  control_head_ = linear("control_head", c.width, 4 * coordinate_head().outputs());
}

torch::Tensor RaggedAutoencoderImpl::encode_contours(const IconBatch& batch) {
  // Only a cubic has the four control coordinates.
  const auto is_cubic =
      batch.commands.eq(static_cast<int>(icon::Command::kCubic)).unsqueeze(1);  // [K, 1]
  const auto controls =
      batch.arguments.narrow(1, 0, 4).masked_fill(is_cubic.logical_not(), shape_.values());
  const auto arguments = torch::cat({controls, batch.arguments.narrow(1, 4, 2)}, 1);  // [K, 6]
  const auto embedded = argument_table_->forward(arguments).flatten(1);  // [K, 6 * argument_width]
  auto x = command_table_->forward(batch.commands) + nn::linear(argument_projection_, embedded) +
           position_table_->forward(batch.contours.position);  // [K, W]
  x = contour_encoder_->forward(x, batch.contours, nn::Reach::kWholeGroup);
  return nn::group_mean(x, batch.contours);  // [C, W]
}

Encoded RaggedAutoencoderImpl::encode(const IconBatch& batch) {
  auto x = encode_contours(batch) + style_table_->forward(batch.styles) +
           closed_table_->forward(batch.closed) + slot_table_->forward(batch.icons.position) +
           grid_table_->forward(batch.grids).index_select(0, batch.icons.group);  // [C, W]
  x = icon_encoder_->forward(x, batch.icons, nn::Reach::kWholeGroup);
  auto h = is_per_contour() ? x : nn::group_mean(x, batch.icons);  // [C, W] or [B, W]
  for (const auto& layer : *residual_)
    h = h + at::relu(nn::linear(h, layer->as<Linear>()->weight, layer->as<Linear>()->bias));
  Encoded out;
  out.mean = to_latents(nn::linear(bottleneck_, h), batch);
  if (!log_sigma2_.is_empty()) out.log_sigma2 = to_latents(nn::linear(log_sigma2_, h), batch);
  if (config_.latent_norm) out.mean = at::layer_norm(out.mean, {config_.latent_width});
  return out;
}

torch::Tensor RaggedAutoencoderImpl::to_latents(const torch::Tensor& values,
                                                const IconBatch& batch) const {
  const std::int64_t tokens = config_.latent_tokens;
  const std::vector<std::int64_t> shape{batch.size(), tokens, config_.latent_width};
  if (!is_per_contour()) return values.view(shape);
  const auto places = batch.icons.group * tokens + batch.icons.position;  // [C]
  return empty_token_.expand({batch.size() * tokens, -1}).index_copy(0, places, values).view(shape);
}

RaggedAutoencoderImpl::ContourLogits RaggedAutoencoderImpl::decode_icons(
    const torch::Tensor& latents, const nn::Ragged& slots) {
  torch::Tensor x;
  if (is_per_contour()) {
    // The slot behind the last possible contour has no token of its own.
    const auto empty =
        config_.latent_norm ? at::layer_norm(empty_token_, {config_.latent_width}) : empty_token_;
    const auto tokens = torch::cat({latents, empty.expand({latents.size(0), 1, -1})}, 1)
                            .flatten(0, 1);  // [B * (T + 1), D]
    const auto rows = slots.group * (config_.latent_tokens + 1) + slots.position;
    x = decoder_slot_table_->weight.index_select(0, slots.position) +
        nn::linear(token_projection_, tokens.index_select(0, rows));
    x = icon_decoder_->forward(x, slots, nn::Reach::kPast);
  } else {
    const auto codes = latents.flatten(1);  // [B, T * D]
    x = icon_decoder_->forward_table(decoder_slot_table_->weight, slots, nn::Reach::kPast, codes);
  }
  return {nn::linear(code_head_, x), nn::linear(visibility_head_, x).squeeze(1),
          nn::linear(style_head_, x), nn::linear(closed_head_, x).squeeze(1)};
}

RaggedAutoencoderImpl::CommandLogits RaggedAutoencoderImpl::decode_contours(
    const torch::Tensor& codes, const nn::Ragged& positions) {
  const auto x = contour_decoder_->forward_table(decoder_position_table_->weight, positions,
                                                 nn::Reach::kPast, codes);
  return {nn::linear(command_head_, x), x};
}

nn::CoordinateHead RaggedAutoencoderImpl::coordinate_head() const {
  nn::CoordinateHead head = nn::CoordinateHead::of(shape_.values());
  head.smoothing = static_cast<float>(config_.argument_smoothing);
  return head;
}

torch::Tensor RaggedAutoencoderImpl::end_outputs(const torch::Tensor& hidden) {
  return nn::linear(end_head_, hidden).view({-1, 2, coordinate_head().outputs()});
}

torch::Tensor RaggedAutoencoderImpl::control_outputs(const torch::Tensor& hidden) {
  return nn::linear(control_head_, hidden).view({-1, 4, coordinate_head().outputs()});
}

torch::Tensor RaggedAutoencoderImpl::most_likely(const torch::Tensor& outputs) const {
  return nn::coordinate_logits(outputs, coordinate_head()).argmax(2);
}

}  // namespace svgfusion::model
