// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

#include "svgfusion/config/fields.h"

namespace svgfusion::model {

// What DeepSVG's models have beside the sizes that all autoencoders share; the names in brackets
// are the reference's.
struct DeepSvgConfig {
  std::int64_t encode_stages = 2;
  std::int64_t decode_stages = 2;
  std::string prediction = "one_shot";
  bool relative_arguments = false;
  bool label_condition = false;
  std::int64_t labels = 100;
  std::int64_t label_width = 64;
  bool self_match = false;
  bool residual = true;
  std::string loss_rows = "end";

  void visit(config::FieldVisitor& fields) {
    fields.field("encode_stages", encode_stages,
                 {.doc = "2: commands, then paths; 1: all commands at once", .min = 1, .max = 2});
    fields.field(
        "decode_stages", decode_stages,
        {.doc = "2: paths, then their commands; 1: all commands at once", .min = 1, .max = 2});
    fields.field("prediction", prediction,
                 {.doc = "all positions at once, or one after the other [pred_mode]",
                  .choices = {"one_shot", "autoregressive"}});
    fields.field("relative_arguments", relative_arguments,
                 {.doc = "predict coordinates relative to where the command starts [rel_targets]"});
    fields.field("label_condition", label_condition,
                 {.doc = "every layer sees the label [label_condition]"});
    fields.field("labels", labels,
                 {.doc = "rows of the label table [n_labels]", .min = 1, .max = 1e6});
    fields.field("label_width", label_width,
                 {.doc = "width of a label's code [dim_label]", .min = 1, .max = 4096});
    fields.field("self_match", self_match,
                 {.doc = "paths have no order; predictions are assigned to them at least cost"});
    fields.field("residual", residual,
                 {.doc = "four residual layers before the bottleneck [use_resnet]"});
    fields.field(
        "loss_rows", loss_rows,
        {.doc = "rows after a path's commands that the command loss sees. end: the one that "
                "says it is over; three: three rows, as the reference does on a GPU; cpu: "
                "as its in-place sum does on a CPU with vectors of eight",
         .choices = {"end", "three", "cpu"}});
  }
};

// Sizes default to DeepSVG's hierarchical_ordered.
struct AutoencoderConfig {
  std::string architecture = "ragged";
  DeepSvgConfig deepsvg;
  std::int64_t width = 256;
  std::int64_t heads = 8;
  std::int64_t feed_forward = 512;
  std::int64_t contour_encoder_layers = 4;
  std::int64_t icon_encoder_layers = 4;
  std::int64_t icon_decoder_layers = 4;
  std::int64_t contour_decoder_layers = 4;
  std::int64_t argument_width = 64;
  std::string latent_per = "icon";
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

  bool is_per_contour() const { return latent_per == "contour"; }

  void visit(config::FieldVisitor& fields) {
    fields.field("architecture", architecture,
                 {.doc = "ragged: this project's; deepsvg: the reference's, key for key",
                  .choices = {"ragged", "deepsvg"}});
    fields.group("deepsvg", deepsvg, "architecture deepsvg only");
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
    fields.field("latent_per", latent_per,
                 {.doc = "what a latent token is of. icon: all of them together of the whole icon; "
                         "contour: each of one contour, in their order, for data of many icons "
                         "(architecture ragged)",
                  .choices = {"icon", "contour"}});
    fields.field("latent_tokens", latent_tokens,
                 {.doc = "latent tokens T an icon; with latent_per contour training takes "
                         "max_contours of the dataset",
                  .min = 1,
                  .max = 256});
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
