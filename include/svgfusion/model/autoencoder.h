// SPDX-License-Identifier: MIT
// The hierarchical icon autoencoder after DeepSVG (Carlier, Danelljan, Alahi, Timofte: "DeepSVG: A
// Hierarchical Generative Network for Vector Graphics Animation", NeurIPS 2020), on ragged batches.
//
// B icons, C contours, K commands; N = max_contours slots, S = max_commands_per_contour positions;
// W model width, T latent tokens, D latent width.
//
//   commands [K] --contour encoder--> [C, W] --icon encoder--> [B, W] --> latent [B, T, D]
//   latent --icon decoder (causal over slots)--> [C, W] --contour decoder (causal over
//   positions)--> a command and its coordinates at every position
//
// Both decoders are one-shot: nothing decoded is fed back. Their attention is causal, so a slot or
// a position does not depend on what follows, and only the slots and positions that exist (and the
// one that says "no more") are computed; the result is the same at any length.
#pragma once

#include <map>

#include <torch/nn/module.h>
#include <torch/nn/modules/container/modulelist.h>
#include <torch/nn/modules/embedding.h>
#include <torch/nn/modules/linear.h>
#include <torch/nn/modules/normalization.h>

#include "svgfusion/model/autoencoder_config.h"
#include "svgfusion/model/icon_batch.h"
#include "svgfusion/nn/transformer.h"

namespace svgfusion::model {

// What a model must know of its data.
struct AutoencoderShape {
  icon::TokenLimits limits;
  std::int64_t styles = 1;
};

struct Encoded {
  torch::Tensor mean;        // [B, T, D]; the latent itself unless the variant is vae
  torch::Tensor log_sigma2;  // [B, T, D]; only of a vae
};

// Mean losses, unweighted; `total` is their weighted sum.
using Losses = std::map<std::string, torch::Tensor>;

class AutoencoderImpl : public torch::nn::Module {
 public:
  AutoencoderImpl(const AutoencoderConfig& config, const AutoencoderShape& shape);

  const AutoencoderConfig& config() const { return config_; }
  const AutoencoderShape& shape() const { return shape_; }

  Encoded encode(const IconBatch& batch);
  // Reconstruction losses with the names visibility, command, argument, style, closed, grid, kl and
  // total. `kl_share`, 0 to 1, scales the KL weight; random numbers come from the default
  // generator.
  Losses loss(const IconBatch& batch, double kl_share = 1);
  // Greedy: the likeliest command and value at every position. [B, T, D] -> B icons.
  std::vector<icon::TokenIcon> decode(const torch::Tensor& latents);
  // Shares of commands and of coordinates (exactly, and within 3 grid steps) that are right when
  // each contour is decoded at its own length.
  std::map<std::string, double> accuracy(const IconBatch& batch);

 private:
  struct CommandLogits {
    torch::Tensor commands;  // [R, 3]: line, cubic, end; the first position is always the move
    torch::Tensor hidden;    // [R, W]: what coordinates are predicted from
  };
  struct ContourLogits {
    torch::Tensor codes;       // [R, W]
    torch::Tensor visibility;  // [R]
    torch::Tensor styles;      // [R, styles]
    torch::Tensor closed;      // [R]
  };
  struct Targets;

  torch::Tensor encode_contours(const IconBatch& batch);
  torch::Tensor latent_with_noise(const Encoded& encoded);
  ContourLogits decode_icons(const torch::Tensor& latents, const nn::Ragged& slots);
  CommandLogits decode_contours(const torch::Tensor& codes, const nn::Ragged& positions);
  torch::Tensor end_logits(const torch::Tensor& hidden);      // [R, W] -> [R, 2, 256]
  torch::Tensor control_logits(const torch::Tensor& hidden);  // [R, W] -> [R, 4, 256]
  Targets make_targets(const IconBatch& batch) const;
  torch::Tensor argument_loss(const torch::Tensor& logits, const torch::Tensor& targets) const;

  AutoencoderConfig config_;
  AutoencoderShape shape_;

  torch::nn::Embedding command_table_{nullptr}, argument_table_{nullptr}, position_table_{nullptr};
  torch::nn::Linear argument_projection_{nullptr};
  nn::Transformer contour_encoder_{nullptr};
  torch::nn::Embedding style_table_{nullptr}, closed_table_{nullptr}, grid_table_{nullptr},
      slot_table_{nullptr};
  nn::Transformer icon_encoder_{nullptr};
  torch::nn::Linear bottleneck_{nullptr}, log_sigma2_{nullptr};
  torch::nn::ModuleList residual_{nullptr};

  torch::nn::Embedding decoder_slot_table_{nullptr};
  nn::Transformer icon_decoder_{nullptr};
  torch::nn::Linear visibility_head_{nullptr}, style_head_{nullptr}, closed_head_{nullptr},
      grid_head_{nullptr};
  torch::nn::Linear code_head_{nullptr};
  torch::nn::Embedding decoder_position_table_{nullptr};
  nn::Transformer contour_decoder_{nullptr};
  torch::nn::Linear command_head_{nullptr}, end_head_{nullptr}, control_head_{nullptr};
};
TORCH_MODULE(Autoencoder);

}  // namespace svgfusion::model
