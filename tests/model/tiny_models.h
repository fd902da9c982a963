// SPDX-License-Identifier: MIT
// Models small enough to test with, shared by the files of this folder.
#pragma once

#include <ATen/ATen.h>

#include "svgfusion/model/autoencoder.h"
#include "svgfusion/model/denoiser.h"

namespace svgfusion::model {

inline AutoencoderConfig tiny_config(const std::string& variant = "deterministic") {
  AutoencoderConfig c;
  c.width = 16;
  c.heads = 2;
  c.feed_forward = 32;
  c.contour_encoder_layers = c.icon_encoder_layers = c.icon_decoder_layers =
      c.contour_decoder_layers = 1;
  c.argument_width = 4;
  c.latent_tokens = 2;
  c.latent_width = 6;
  c.dropout = 0;
  c.variant = variant;
  return c;
}
inline const AutoencoderShape kShape{{4, 12, 24}, 2};

// A latent token a contour.
inline AutoencoderConfig tiny_config_per_contour(const std::string& variant = "deterministic") {
  AutoencoderConfig c = tiny_config(variant);
  c.latent_per = "contour";
  c.latent_tokens = kShape.limits.max_contours;
  return c;
}

inline Autoencoder tiny_model(const AutoencoderConfig& config, std::uint64_t seed = 1,
                              const AutoencoderShape& shape = kShape) {
  at::manual_seed(seed);
  Autoencoder model = make_autoencoder(config, shape);
  model->eval();
  return model;
}

// What is left of an icon with its first contour, now stroked: of another size than the whole.
inline icon::TokenIcon first_contour(icon::TokenIcon icon) {
  const std::uint32_t end = icon.contour_offsets[1];
  icon.contour_offsets.resize(2);
  icon.commands.resize(end);
  icon.arguments.resize(end);
  icon.closed.resize(1);
  icon.styles.assign(1, 1);
  return icon;
}

inline DenoiserConfig tiny_denoiser(bool projects) {
  DenoiserConfig c;
  c.width = projects ? 16 : 6;
  c.heads = 2;
  c.depth = 2;
  c.input_projection = projects;
  return c;
}

inline Denoiser make_denoiser(bool projects, bool learns_variance, std::uint64_t seed = 2) {
  at::manual_seed(seed);
  Denoiser model(tiny_denoiser(projects), DenoiserShape{2, 6, 3, learns_variance});
  const torch::NoGradGuard no_grad;  // away from adaLN-Zero's all-zero output
  for (auto& p : model->parameters()) p.add_(0.05 * torch::randn_like(p));
  model->eval();
  return model;
}

}  // namespace svgfusion::model
