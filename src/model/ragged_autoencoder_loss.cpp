// SPDX-License-Identifier: MIT
#include <torch/nn/functional/loss.h>

#include "ragged_autoencoder_targets.h"
#include "svgfusion/nn/linear.h"

namespace svgfusion::model {
namespace {

constexpr double kCloseSteps = 3;  // "nearly right", as DeepCAD counts it: within 3 of 256

torch::Tensor index_tensor(const std::vector<std::int64_t>& values, torch::Device device) {
  return torch::tensor(values, torch::kLong).to(device);
}

}  // namespace

RaggedAutoencoderImpl::Targets RaggedAutoencoderImpl::make_targets(const IconBatch& batch) const {
  const torch::Device device = batch.commands.device();
  Targets out;
  std::vector<std::int64_t> slot_lengths, contour_rows;
  std::vector<float> visible;
  for (const std::int64_t count : batch.icons.lengths) {
    const std::int64_t slots = count + 1;
    const auto base = static_cast<std::int64_t>(visible.size());
    for (std::int64_t s = 0; s < slots; ++s) {
      visible.push_back(s < count ? 1.0F : 0.0F);
      if (s < count) contour_rows.push_back(base + s);
    }
    slot_lengths.push_back(slots);
  }
  std::vector<std::int64_t> position_lengths, command_rows, choice_rows, ends;
  std::int64_t row = 0;
  for (const std::int64_t count : batch.contours.lengths) {
    for (std::int64_t p = 0; p < count; ++p) command_rows.push_back(row + p);
    for (std::int64_t p = 1; p <= count; ++p) choice_rows.push_back(row + p);
    position_lengths.push_back(count + 1);
    row += count + 1;
  }
  out.slots = nn::Ragged::from_lengths(slot_lengths, device);
  out.visible = torch::tensor(visible).to(device);
  out.contour_rows = index_tensor(contour_rows, device);
  out.positions = nn::Ragged::from_lengths(position_lengths, device);
  out.command_rows = index_tensor(command_rows, device);
  out.choice_rows = index_tensor(choice_rows, device);
  auto choices = torch::full({row}, kEndChoice, batch.commands.options());
  choices.index_copy_(0, out.command_rows, batch.commands - 1);
  out.choices = choices.index_select(0, out.choice_rows);
  out.cubic_rows = batch.commands.eq(static_cast<int>(icon::Command::kCubic)).nonzero().squeeze(1);
  return out;
}

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

Losses RaggedAutoencoderImpl::loss(const IconBatch& batch, double kl_share,
                                   const LossNumbers& factors) {
  const Targets target = make_targets(batch);
  const Encoded encoded = encode(batch);
  const auto latents = latent_with_noise(encoded);
  const ContourLogits contours = decode_icons(latents, target.slots);
  const auto codes = contours.codes.index_select(0, target.contour_rows);  // [C, W]
  const CommandLogits commands = decode_contours(codes, target.positions);

  Losses out;
  out["visibility"] = at::binary_cross_entropy_with_logits(contours.visibility, target.visible);
  out["style"] =
      at::cross_entropy_loss(contours.styles.index_select(0, target.contour_rows), batch.styles);
  out["closed"] =
      at::binary_cross_entropy_with_logits(contours.closed.index_select(0, target.contour_rows),
                                           batch.closed.to(contours.closed.dtype()));
  out["grid"] = at::cross_entropy_loss(nn::linear(grid_head_, latents.flatten(1)), batch.grids);
  out["command"] =
      at::cross_entropy_loss(commands.commands.index_select(0, target.choice_rows), target.choices);
  const auto hidden = commands.hidden.index_select(0, target.command_rows);  // [K, W]
  const auto cubic_hidden = hidden.index_select(0, target.cubic_rows);       // [Q, W]
  const auto ends = batch.arguments.narrow(1, 4, 2);
  const auto controls = batch.arguments.narrow(1, 0, 4).index_select(0, target.cubic_rows);
  const auto elements = static_cast<double>(ends.numel() + controls.numel());
  out["argument"] =
      (nn::coordinate_loss(end_outputs(hidden), ends, coordinate_head()) +
       nn::coordinate_loss(control_outputs(cubic_hidden), controls, coordinate_head())) /
      elements;
  if (config_.variant == "vae") {
    const auto& s = encoded.log_sigma2;
    out["kl"] = -0.5 * (1 + s - encoded.mean.square() - s.exp()).mean();
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
  const Targets target = make_targets(batch);
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
  return {{"command_accuracy", mean(right)},
          {"argument_accuracy", mean(error.eq(0))},
          {"argument_accuracy_within_3", mean(error.le(kCloseSteps))},
          {"visibility_accuracy", mean(contours.visibility.gt(0).eq(target.visible.gt(0)))},
          {"style_accuracy", mean(contour_at(contours.styles).argmax(1).eq(batch.styles))},
          {"closed_accuracy", mean(contour_at(contours.closed).gt(0).eq(batch.closed.gt(0)))}};
}

}  // namespace svgfusion::model
