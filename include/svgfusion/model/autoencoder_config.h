// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

#include "svgfusion/config/fields.h"

namespace svgfusion::model {

// Sizes default to DeepSVG's hierarchical_ordered.
struct AutoencoderConfig {
  std::int64_t width = 256;
  std::int64_t heads = 8;
  std::int64_t feed_forward = 512;
  std::int64_t contour_encoder_layers = 4;
  std::int64_t icon_encoder_layers = 4;
  std::int64_t icon_decoder_layers = 4;
  std::int64_t contour_decoder_layers = 4;
  std::int64_t argument_width = 64;
  std::int64_t latent_tokens = 1;
  std::int64_t latent_width = 256;
  double dropout = 0.1;
  std::string variant = "deterministic";
  bool latent_norm = false;
  double latent_noise = 0.1;
  double kl_weight = 1.0;
  double kl_tolerance = 0.1;
  std::int64_t kl_warmup_steps = 10000;
  double visibility_weight = 1;
  double command_weight = 1;
  double argument_weight = 2;
  double style_weight = 1;
  double argument_smoothing = 0;

  void visit(config::FieldVisitor& fields) {
    fields.field("width", width, {.doc = "model width W", .min = 8, .max = 4096});
    fields.field("heads", heads,
                 {.doc = "attention heads; must divide the width", .min = 1, .max = 64});
    fields.field("feed_forward", feed_forward,
                 {.doc = "width inside the feed-forward part", .min = 8, .max = 16384});
    fields.field("contour_encoder_layers", contour_encoder_layers,
                 {.doc = "layers over the commands of a contour", .min = 0, .max = 64});
    fields.field("icon_encoder_layers", icon_encoder_layers,
                 {.doc = "layers over the contours of an icon", .min = 0, .max = 64});
    fields.field("icon_decoder_layers", icon_decoder_layers,
                 {.doc = "layers from the latent to contour codes", .min = 0, .max = 64});
    fields.field("contour_decoder_layers", contour_decoder_layers,
                 {.doc = "layers from contour codes to commands", .min = 0, .max = 64});
    fields.field("argument_width", argument_width,
                 {.doc = "width of one coordinate's embedding", .min = 1, .max = 1024});
    fields.field("latent_tokens", latent_tokens,
                 {.doc = "latent tokens T an icon", .min = 1, .max = 256});
    fields.field("latent_width", latent_width,
                 {.doc = "numbers D a latent token", .min = 1, .max = 4096});
    fields.field("dropout", dropout,
                 {.doc = "in every layer and on attention weights", .min = 0, .max = 0.9});
    fields.field("variant", variant,
                 {.doc = "deterministic: a plain code; vae: mean and variance with a KL term; "
                         "noise: the decoder trains on a noisy code",
                  .choices = {"deterministic", "vae", "noise"}});
    fields.field(
        "latent_norm", latent_norm,
        {.doc = "scale each latent token to zero mean and unit variance over its D numbers"});
    fields.field("latent_noise", latent_noise,
                 {.doc = "variant noise: sigma ~ |N(0, latent_noise^2)| an icon, times N(0, 1)",
                  .min = 0,
                  .max = 10});
    fields.field(
        "kl_weight", kl_weight,
        {.doc = "variant vae: final weight of the KL term (a mean over D)", .min = 0, .max = 1000});
    fields.field("kl_tolerance", kl_tolerance,
                 {.doc = "variant vae: KL below this costs nothing more", .min = 0, .max = 100});
    fields.field(
        "kl_warmup_steps", kl_warmup_steps,
        {.doc = "variant vae: steps over which the KL weight rises from 0", .min = 0, .max = 1e9});
    fields.field("visibility_weight", visibility_weight,
                 {.doc = "loss weight: is there a contour in this slot", .min = 0, .max = 1000});
    fields.field("command_weight", command_weight,
                 {.doc = "loss weight: commands", .min = 0, .max = 1000});
    fields.field("argument_weight", argument_weight,
                 {.doc = "loss weight: coordinates", .min = 0, .max = 1000});
    fields.field("style_weight", style_weight,
                 {.doc = "loss weight: style, closing and grid", .min = 0, .max = 1000});
    fields.field(
        "argument_smoothing", argument_smoothing,
        {.doc = "share of a coordinate's probability given to its two neighbours on the grid",
         .min = 0,
         .max = 0.9});
  }
};

}  // namespace svgfusion::model
