// SPDX-License-Identifier: MIT
// The modules and both halves of the forward pass; losses and decoding have files of their own.
#include "svgfusion/model/deepsvg.h"

#include <cmath>

#include "svgfusion/base/error.h"
#include "svgfusion/dataset/deepsvg_grid.h"
#include "svgfusion/nn/dropout.h"
#include "svgfusion/nn/embeddings.h"
#include "svgfusion/nn/linear.h"

namespace svgfusion::model {

using torch::nn::Linear;

namespace {

constexpr std::int64_t kDeepSvgValues = dataset::kDeepSvgGrid.values();
constexpr std::int64_t kArgumentWidth = 64;
constexpr double kEmbeddingDropout = 0.1;  // a constant of the reference, not its configuration's

void check_config(const AutoencoderConfig& c) {
  const DeepSvgConfig& d = c.deepsvg;
  const auto fail = [](const std::string& what) {
    throw base::ConfigError(base::concat("autoencoder: DeepSVG has no model in which ", what));
  };
  if (c.is_per_contour()) fail("each contour has a latent; latent_per must be icon");
  if (c.latent_tokens != 1) fail("latent_tokens is not 1");
  if (c.variant == "noise") fail("the variant is noise; expected deterministic or vae");
  if (c.latent_norm) fail("latents are normalised; latent_norm must be false");
  if (d.self_match && (d.decode_stages != 2 || d.encode_stages != 2))
    fail("paths are matched in one stage; self_match needs two stages");
  if (d.prediction == "autoregressive" && d.decode_stages == 2)
    fail("paths are decoded command by command; autoregressive needs decode_stages 1");
}

}  // namespace

std::int64_t DeepSvgImpl::argument_values() const {
  return config_.deepsvg.relative_arguments ? 2 * kDeepSvgValues : kDeepSvgValues + 1;
}

DeepSvgImpl::EmbeddingTables DeepSvgImpl::make_embedding(const std::string& name,
                                                         std::int64_t values, std::int64_t contours,
                                                         std::int64_t positions) {
  const std::int64_t width = config_.width;
  const auto table = [&](const char* part, std::int64_t rows, std::int64_t columns) {
    return register_module(name + "_" + part, nn::make_table(rows, columns));
  };
  EmbeddingTables out;
  out.commands = table("command_table", kDeepSvgCommands, width);
  out.arguments = table("argument_table", values, kArgumentWidth);
  constexpr std::int64_t kInner = kDeepSvgArguments * kArgumentWidth;
  out.projection = register_module(name + "_projection", Linear(kInner, width));
  const torch::NoGradGuard no_grad;
  out.projection->weight.normal_(0, std::sqrt(2.0 / static_cast<double>(kInner)));
  if (contours > 0) out.contours = table("contour_table", contours + 2, width);
  out.positions = table("position_table", positions + 2, width);
  return out;
}

DeepSvgImpl::DeepSvgImpl(const AutoencoderConfig& c, const AutoencoderShape& s)
    : AutoencoderImpl(c, s) {
  check_config(c);
  if (s.grid_bits != dataset::kDeepSvgGrid.bits) {
    throw base::ConfigError(base::concat("the data has coordinates of ", s.grid_bits,
                                         " bits, DeepSVG's models of 8; prepare it with "
                                         "svgfusion-prepare --format deepsvg"));
  }
  const DeepSvgConfig& d = c.deepsvg;
  const icon::TokenLimits& limits = s.limits;
  const std::int64_t label_width = d.label_condition ? d.label_width : 0;
  const auto stack = [&](const char* name, std::int64_t layers, std::int64_t code_width) {
    auto module = register_module(
        name, nn::Transformer(nn::LayerOptions{c.width, c.heads, c.feed_forward, c.dropout,
                                               code_width, label_width, true},
                              layers));
    module->equalize_layers();
    return module;
  };
  const auto table = [&](const char* name, std::int64_t rows, std::int64_t width) {
    return register_module(name, nn::make_table(rows, width));
  };
  const auto linear = [&](const char* name, std::int64_t in, std::int64_t out) {
    return register_module(name, Linear(in, out));
  };
  const bool encodes_paths = d.encode_stages == 2;
  encoder_embedding_ =
      make_embedding("encoder", kDeepSvgValues + 1, encodes_paths ? 0 : limits.max_contours,
                     encodes_paths ? limits.max_commands_per_contour : limits.max_commands);
  if (d.label_condition)
    encoder_label_table_ = table("encoder_label_table", d.labels, d.label_width);
  command_encoder_ = stack("command_encoder", c.contour_encoder_layers, 0);
  if (encodes_paths) {
    if (!d.self_match)
      encoder_slot_table_ = table("encoder_slot_table", limits.max_contours, c.width);
    path_encoder_ = stack("path_encoder", c.icon_encoder_layers, 0);
  }
  residual_ = register_module("residual", torch::nn::ModuleList());
  for (int i = 0; i < 4 && d.residual; ++i) residual_->push_back(Linear(c.width, c.width));
  bottleneck_ = linear("bottleneck", c.width, c.latent_width);
  if (c.variant == "vae") {
    log_sigma2_ = linear("log_sigma2", c.width, c.latent_width);
    const torch::NoGradGuard no_grad;
    for (const auto& head : {bottleneck_, log_sigma2_}) {
      head->weight.normal_(0, 0.001);
      head->bias.zero_();
    }
  }
  if (d.label_condition)
    decoder_label_table_ = table("decoder_label_table", d.labels, d.label_width);
  if (two_decode_stages()) {
    decoder_slot_table_ = table("decoder_slot_table", limits.max_contours, c.width);
    path_decoder_ = stack("path_decoder", c.icon_decoder_layers, c.latent_width);
    visibility_head_ = linear("visibility_head", c.width, 2);
    code_head_ = linear("code_head", c.width, c.latent_width);
  }
  if (is_autoregressive()) {
    decoder_embedding_ =
        make_embedding("decoder", argument_values(), limits.max_commands, limits.max_commands);
  } else {
    decoder_position_table_ = table(
        "decoder_position_table",
        (two_decode_stages() ? limits.max_commands_per_contour : limits.max_commands) + 1, c.width);
  }
  command_decoder_ = stack("command_decoder", c.contour_decoder_layers, c.latent_width);
  command_head_ = linear("command_head", c.width, kDeepSvgCommands);
  argument_head_ = linear("argument_head", c.width, kDeepSvgArguments * argument_values());
}

torch::Tensor DeepSvgImpl::drop(const torch::Tensor& x) const {
  return nn::dropout(x, is_training() ? kEmbeddingDropout : 0);
}

// All of R rows: commands [R], arguments [R, A], number of the contour within the icon [R] (only
// where there is a table for it), position [R] -> [R, W]
torch::Tensor DeepSvgImpl::embed(EmbeddingTables& tables, const torch::Tensor& commands,
                                 const torch::Tensor& arguments, const torch::Tensor& contours,
                                 const torch::Tensor& positions) {
  auto x = tables.commands->forward(commands) +
           nn::linear(tables.projection, tables.arguments->forward(arguments + 1).flatten(1));
  if (!tables.contours.is_empty()) x = x + tables.contours->forward(contours);
  return drop(x + tables.positions->forward(positions));
}

torch::Tensor DeepSvgImpl::label_codes(torch::nn::Embedding& table,
                                       const torch::Tensor& labels) const {
  if (table.is_empty()) return {};
  if (!labels.defined() || labels.lt(0).any().item<bool>() ||
      labels.ge(config_.deepsvg.labels).any().item<bool>()) {
    throw base::DataError(base::concat("this DeepSVG model is conditioned on one of ",
                                       config_.deepsvg.labels, " labels, which an icon lacks"));
  }
  return table->forward(labels);
}

Encoded DeepSvgImpl::encode(const IconBatch& batch) {
  const DeepSvgSequences sequences =
      deepsvg_sequences(batch, config_.deepsvg.encode_stages, shape_.limits);
  const torch::Device device = batch.commands.device();
  // Only rows up to the last command: what follows is masked in the reference.
  const nn::Ragged ragged = nn::Ragged::from_lengths(sequences.lengths, device);
  const std::int64_t length = sequences.commands.size(1);
  const auto sequence = torch::tensor(sequences.rows, torch::kLong).to(device);
  const auto rows = sequence.index_select(0, ragged.group) * length + ragged.position;
  const auto contours =
      sequences.commands.eq(static_cast<std::int64_t>(DeepSvgCommand::kMove)).cumsum(1);
  const auto label = label_codes(encoder_label_table_, batch.labels);
  const auto label_of_sequence = !label.defined() || path_encoder_.is_empty()
                                     ? label
                                     : label.index_select(0, batch.icons.group);
  auto x = embed(encoder_embedding_, sequences.commands.flatten().index_select(0, rows),
                 sequences.arguments.flatten(0, 1).index_select(0, rows),
                 contours.flatten().index_select(0, rows), ragged.position);
  x = command_encoder_->forward(x, ragged, nn::Reach::kWholeGroup, {}, label_of_sequence);
  auto h = nn::group_mean(x, ragged);  // [C or B, W]
  if (!path_encoder_.is_empty()) {
    if (!encoder_slot_table_.is_empty())
      h = drop(h + encoder_slot_table_->forward(batch.icons.position));
    h = nn::group_mean(path_encoder_->forward(h, batch.icons, nn::Reach::kWholeGroup, {}, label),
                       batch.icons);  // [B, W]
  }
  for (const auto& layer : *residual_)
    h = h + at::relu(nn::linear(h, layer->as<Linear>()->weight, layer->as<Linear>()->bias));
  Encoded out;
  out.mean = nn::linear(bottleneck_, h).unsqueeze(1);  // [B, 1, Z]
  if (!log_sigma2_.is_empty()) out.log_sigma2 = nn::linear(log_sigma2_, h).unsqueeze(1);
  return out;
}

// A decoder whose groups all start as the rows of a table.
torch::Tensor DeepSvgImpl::decode_table(nn::Transformer& decoder, torch::nn::Embedding& table,
                                        const nn::Ragged& all, const torch::Tensor& codes,
                                        const torch::Tensor& labels) {
  constexpr auto kReach = nn::Reach::kWholeGroup;
  if (!is_training()) return decoder->forward_table(table->weight, all, kReach, codes, labels);
  return decoder->forward(drop(table->forward(all.position)), all, kReach, codes, labels);
}

DeepSvgImpl::Paths DeepSvgImpl::decode_paths(const torch::Tensor& latents,
                                             const torch::Tensor& labels) {
  Paths out;
  const auto z = latents.flatten(1);  // [B, Z]
  out.label_codes = label_codes(decoder_label_table_, labels);
  if (!two_decode_stages()) {
    out.codes = z;
    return out;
  }
  const std::int64_t slots = shape_.limits.max_contours;
  const auto all = nn::Ragged::uniform(z.size(0), slots, z.device());
  const auto x = decode_table(path_decoder_, decoder_slot_table_, all, z, out.label_codes);
  out.visibility = nn::linear(visibility_head_, x).view({z.size(0), slots, 2});
  out.codes = nn::linear(code_head_, x);
  if (out.label_codes.defined()) out.label_codes = out.label_codes.index_select(0, all.group);
  return out;
}

// One-shot: [P, Z] -> [P S, W]
torch::Tensor DeepSvgImpl::decode_commands(const torch::Tensor& codes,
                                           const torch::Tensor& labels) {
  const auto all =
      nn::Ragged::uniform(codes.size(0), decoder_position_table_->weight.size(0), codes.device());
  return decode_table(command_decoder_, decoder_position_table_, all, codes, labels);
}

// Autoregressive: what follows each of the given commands [P, S], arguments [P, S, A] -> [P S, W].
// A row sees those before it, but none from the first end token on.
torch::Tensor DeepSvgImpl::decode_prefix(const Paths& paths, const torch::Tensor& commands,
                                         const torch::Tensor& arguments) {
  const std::int64_t groups = commands.size(0);
  const std::int64_t length = commands.size(1);
  const auto past = torch::ones({length, length}, commands.options().dtype(torch::kBool)).tril();
  const auto seen =
      commands.eq(static_cast<std::int64_t>(DeepSvgCommand::kEnd)).cumsum(1).eq(0);  // [P, S]
  const auto mask =
      past.view({1, 1, length, length}).logical_and(seen.view({groups, 1, 1, length}));
  const auto all = nn::Ragged::uniform(groups, length, mask);
  const auto contours =
      commands.eq(static_cast<std::int64_t>(DeepSvgCommand::kMove)).cumsum(1).flatten();
  return command_decoder_->forward(embed(decoder_embedding_, commands.flatten(),
                                         arguments.flatten(0, 1), contours, all.position),
                                   all, nn::Reach::kWholeGroup, paths.codes, paths.label_codes);
}

torch::Tensor DeepSvgImpl::argument_logits(const torch::Tensor& hidden) {
  return argument_logits(hidden, 0, kDeepSvgArguments);
}

torch::Tensor DeepSvgImpl::argument_logits(const torch::Tensor& hidden, std::int64_t first,
                                           std::int64_t count) {
  const std::int64_t values = argument_values();
  const auto part = [&](const torch::Tensor& t) {
    return t.narrow(0, first * values, count * values);
  };
  return nn::linear(hidden, part(argument_head_->weight), part(argument_head_->bias))
      .view({-1, count, values});
}

}  // namespace svgfusion::model
