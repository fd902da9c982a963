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
// With latent_per = contour no vector stands for the whole icon: what the icon encoder says of
// contour i is token i, T = N, and tokens without a contour are all the same learned one. The
// decoder's slot i then starts from token i.
//
// Both decoders are one-shot: nothing decoded is fed back. Their attention is causal, so a slot or
// a position does not depend on what follows, and only the slots and positions that exist (and the
// one that says "no more") are computed; the result is the same at any length.
#pragma once

#include <torch/nn/modules/container/modulelist.h>
#include <torch/nn/modules/embedding.h>
#include <torch/nn/modules/linear.h>

#include "svgfusion/model/autoencoder.h"
#include "svgfusion/nn/coordinates.h"
#include "svgfusion/nn/transformer.h"

namespace svgfusion::model {

class RaggedAutoencoderImpl : public AutoencoderImpl {
 public:
  RaggedAutoencoderImpl(const AutoencoderConfig& config, const AutoencoderShape& shape);

  Encoded encode(const IconBatch& batch) override;
  // Losses with the names visibility, command, argument, style, closed, grid, kl and total.
  Losses loss(const IconBatch& batch, double kl_share = 1,
              const LossFactors& factors = {}) override;
  LossNumbers loss_counts(const IconBatch& batch) const override;
  void add_targets(IconBatch& batch) const override;
  bool has_fixed_loss() const override { return true; }
  std::vector<icon::TokenIcon> decode(const torch::Tensor& latents,
                                      const torch::Tensor& labels = {}) override;
  std::map<std::string, double> accuracy(const IconBatch& batch) override;

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

  torch::Tensor encode_contours(const IconBatch& batch);
  bool is_per_contour() const { return config_.is_per_contour(); }
  // [C, D] or [B, T * D], as the bottleneck gives them -> latents [B, T, D]
  torch::Tensor to_latents(const torch::Tensor& values, const IconBatch& batch) const;
  torch::Tensor latent_with_noise(const Encoded& encoded);
  ContourLogits decode_icons(const torch::Tensor& latents, const nn::Ragged& slots);
  CommandLogits decode_contours(const torch::Tensor& codes, const nn::Ragged& positions);
  // A coordinate is V + 2 numbers (nn/coordinates.h), which say one of the grid's V values.
  nn::CoordinateHead coordinate_head() const;
  torch::Tensor end_outputs(const torch::Tensor& hidden);         // [R, W] -> [R, 2, V + 2]
  torch::Tensor control_outputs(const torch::Tensor& hidden);     // [R, W] -> [R, 4, V + 2]
  torch::Tensor most_likely(const torch::Tensor& outputs) const;  // [R, A, V + 2] -> [R, A]

  torch::nn::Embedding command_table_{nullptr}, argument_table_{nullptr}, position_table_{nullptr};
  torch::nn::Linear argument_projection_{nullptr};
  nn::Transformer contour_encoder_{nullptr};
  torch::nn::Embedding style_table_{nullptr}, closed_table_{nullptr}, grid_table_{nullptr},
      slot_table_{nullptr};
  nn::Transformer icon_encoder_{nullptr};
  torch::nn::Linear bottleneck_{nullptr}, log_sigma2_{nullptr};
  torch::nn::ModuleList residual_{nullptr};
  // Only per contour:
  torch::Tensor empty_token_;  // [1, D]
  torch::nn::Linear token_projection_{nullptr};

  torch::nn::Embedding decoder_slot_table_{nullptr};
  nn::Transformer icon_decoder_{nullptr};
  torch::nn::Linear visibility_head_{nullptr}, style_head_{nullptr}, closed_head_{nullptr},
      grid_head_{nullptr};
  torch::nn::Linear code_head_{nullptr};
  torch::nn::Embedding decoder_position_table_{nullptr};
  nn::Transformer contour_decoder_{nullptr};
  torch::nn::Linear command_head_{nullptr}, end_head_{nullptr}, control_head_{nullptr};
};
TORCH_MODULE(RaggedAutoencoder);

}  // namespace svgfusion::model
