// SPDX-License-Identifier: MIT
#include <torch/nn/functional/loss.h>

#include "svgfusion/model/ragged_autoencoder.h"
#include "svgfusion/nn/linear.h"

namespace svgfusion::model {
namespace {

constexpr double kClose = 3.0 / 256;     // "nearly right", as DeepCAD counts it: within 3 of 256
constexpr std::int64_t kNoClass = -100;  // what LibTorch's cross-entropy ignores

// Means over what has a weight of 1, and not of 0; over all where `weights` are undefined.
torch::Tensor mean(const torch::Tensor& values, const torch::Tensor& weights) {
  return weights.defined() ? (values * weights).sum() / weights.sum() : values.mean();
}

torch::Tensor class_mean(const torch::Tensor& logits, const torch::Tensor& classes,
                         const torch::Tensor& weights) {
  return at::cross_entropy_loss(
      logits, weights.defined() ? classes.masked_fill(weights.eq(0), kNoClass) : classes);
}

torch::Tensor binary_mean(const torch::Tensor& logits, const torch::Tensor& targets,
                          const torch::Tensor& weights) {
  if (!weights.defined()) return at::binary_cross_entropy_with_logits(logits, targets);
  return at::binary_cross_entropy_with_logits(logits, targets, weights, {}, at::Reduction::Sum) /
         weights.sum();
}

torch::Tensor targets_of(const torch::Tensor& coordinates, const torch::Tensor& weights) {
  if (!weights.defined()) return coordinates;
  return coordinates.masked_fill(weights.eq(0).unsqueeze(1), kernels::kNoTarget);
}

}  // namespace

torch::Tensor RaggedAutoencoderImpl::latent_with_noise(const Encoded& encoded) {
  const auto& z = encoded.mean;
  if (!is_training()) return z;
  if (config_.variant == "vae") return z + (0.5 * encoded.log_sigma2).exp() * torch::randn_like(z);
  if (config_.variant == "noise" && config_.latent_noise > 0) {
    const auto sigma = config_.latent_noise * torch::randn({z.size(0), 1, 1}, z.options()).abs();
    return z + sigma * torch::randn_like(z);
  }
  return z;
}

LossNumbers RaggedAutoencoderImpl::loss_counts(const IconBatch& batch) const {
  const auto icons = static_cast<double>(batch.size());
  const auto contours = static_cast<double>(batch.icons.rows);
  const auto commands = static_cast<double>(batch.contours.rows);
  const auto cubics =
      batch.commands.eq(static_cast<int>(icon::Command::kCubic)).sum().item<double>();
  return {{"visibility", contours + icons},
          {"style", contours},
          {"closed", contours},
          {"grid", icons},
          {"command", commands},
          {"argument", 2 * commands + 4 * cubics},
          {"kl", icons}};
}

void RaggedAutoencoderImpl::add_targets(IconBatch& batch) const {
  batch.targets = decoder_targets(batch);
}

Losses RaggedAutoencoderImpl::loss(const IconBatch& batch, double kl_share,
                                   const LossFactors& factors) {
  const DecoderTargets target = batch.targets ? *batch.targets : decoder_targets(batch);
  const auto pick = [&](const torch::Tensor& values, const torch::Tensor& rows) {
    return values.defined() ? values.index_select(0, rows) : values;
  };
  const auto& icon_weights = batch.weights;                            // [B] or undefined
  const auto contour_weights = pick(icon_weights, batch.icons.group);  // [C]
  const auto weights = pick(contour_weights, batch.contours.group);    // [K]
  const Encoded encoded = encode(batch);
  const auto latents = latent_with_noise(encoded);
  const ContourLogits contours = decode_icons(latents, target.slots);
  const auto codes = contours.codes.index_select(0, target.contour_rows);  // [C, W]
  const CommandLogits commands = decode_contours(codes, target.positions);

  Losses out;
  out["visibility"] =
      binary_mean(contours.visibility, target.visible, pick(icon_weights, target.slots.group));
  out["style"] =
      class_mean(pick(contours.styles, target.contour_rows), batch.styles, contour_weights);
  out["closed"] = binary_mean(pick(contours.closed, target.contour_rows),
                              batch.closed.to(contours.closed.dtype()), contour_weights);
  out["grid"] = class_mean(nn::linear(grid_head_, latents.flatten(1)), batch.grids, icon_weights);
  out["command"] = class_mean(pick(commands.commands, target.choice_rows), target.choices, weights);
  const auto hidden = pick(commands.hidden, target.command_rows);  // [K, W]
  const auto cubic_hidden = pick(hidden, target.cubic_rows);       // [Q, W]
  const auto cubic_weights = pick(weights, target.cubic_rows);     // [Q]
  const auto ends = targets_of(batch.arguments.narrow(1, 4, 2), weights);
  const auto controls =
      targets_of(pick(batch.arguments.narrow(1, 0, 4), target.cubic_rows), cubic_weights);
  const auto arguments =
      nn::coordinate_loss(end_outputs(hidden), ends, coordinate_head()) +
      nn::coordinate_loss(control_outputs(cubic_hidden), controls, coordinate_head());
  out["argument"] = weights.defined()
                        ? arguments / (2 * weights.sum() + 4 * cubic_weights.sum())
                        : arguments / static_cast<double>(ends.numel() + controls.numel());
  if (config_.variant == "vae") {
    out["kl"] = mean(kl_of(encoded), icon_weights);
  }
  apply(factors, out);

  auto total = config_.visibility_weight * out["visibility"] +
               config_.command_weight * out["command"] + config_.argument_weight * out["argument"] +
               config_.style_weight * (out["style"] + out["closed"] + out["grid"]);
  if (config_.variant == "vae") {
    total = total + config_.kl_weight * kl_share * out["kl"].clamp_min(config_.kl_tolerance);
  }
  out["total"] = total;
  return out;
}

std::map<std::string, double> RaggedAutoencoderImpl::accuracy(const IconBatch& batch) {
  const torch::NoGradGuard no_grad;
  const DecoderTargets target = decoder_targets(batch);
  const ContourLogits contours = decode_icons(encode(batch).mean, target.slots);
  const CommandLogits commands =
      decode_contours(contours.codes.index_select(0, target.contour_rows), target.positions);
  const auto hidden = commands.hidden.index_select(0, target.command_rows);
  const auto right =
      commands.commands.index_select(0, target.choice_rows).argmax(1).eq(target.choices);
  const auto end_error =
      (most_likely(end_outputs(hidden)) - batch.arguments.narrow(1, 4, 2)).abs().flatten();
  const auto control_error =
      (most_likely(control_outputs(hidden.index_select(0, target.cubic_rows))) -
       batch.arguments.narrow(1, 0, 4).index_select(0, target.cubic_rows))
          .abs()
          .flatten();
  const auto error = torch::cat({end_error, control_error});
  const auto mean = [](const torch::Tensor& t) {
    return t.to(torch::kDouble).mean().item<double>();
  };
  const auto contour_at = [&](const torch::Tensor& t) {
    return t.index_select(0, target.contour_rows);
  };
  return {
      {"command_accuracy", mean(right)},
      {"argument_accuracy", mean(error.eq(0))},
      {"argument_accuracy_within_3", mean(error.le(kClose * static_cast<double>(shape_.values())))},
      {"visibility_accuracy", mean(contours.visibility.gt(0).eq(target.visible.gt(0)))},
      {"style_accuracy", mean(contour_at(contours.styles).argmax(1).eq(batch.styles))},
      {"closed_accuracy", mean(contour_at(contours.closed).gt(0).eq(batch.closed.gt(0)))}};
}

}  // namespace svgfusion::model
