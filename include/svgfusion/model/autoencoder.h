// SPDX-License-Identifier: MIT
// What every icon autoencoder does: icons to latents [B, T, D] and back. make_autoencoder makes the
// one that a configuration names: ragged_autoencoder.h is this project's, deepsvg.h the
// reference's.
#pragma once

#include <torch/nn/module.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "svgfusion/model/autoencoder_config.h"
#include "svgfusion/model/icon_batch.h"

namespace svgfusion::model {

// What a model must know of its data.
struct AutoencoderShape {
  icon::TokenLimits limits;
  std::int64_t styles = 1;
  int grid_bits = icon::kLeastGridBits;

  std::int64_t values() const { return std::int64_t{1} << grid_bits; }  // a coordinate
};

struct Encoded {
  torch::Tensor mean;        // [B, T, D]; the latent itself unless the variant is vae
  torch::Tensor log_sigma2;  // [B, T, D]; only of a vae
};

// Mean losses, unweighted; `total` is their weighted sum.
using Losses = std::map<std::string, torch::Tensor>;
// A number for each loss, by the names of `Losses`: on the host, or f32 [] on the device.
using LossNumbers = std::map<std::string, double>;
using LossFactors = std::map<std::string, torch::Tensor>;

class AutoencoderImpl : public torch::nn::Module {
 public:
  const AutoencoderConfig& config() const { return config_; }
  const AutoencoderShape& shape() const { return shape_; }

  virtual Encoded encode(const IconBatch& batch) = 0;
  // Reconstruction losses and their weighted sum under "total". `kl_share`, 0 to 1, scales the KL
  // weight; each loss is multiplied by what `factors` says of it, 1 where it says nothing. Random
  // numbers come from the default generator.
  virtual Losses loss(const IconBatch& batch, double kl_share = 1,
                      const LossFactors& factors = {}) = 0;
  // Of how many elements each loss of a batch is the mean. With the factors count(part) /
  // count(batch) the losses of a batch's parts add up to those of the batch (but for the KL
  // tolerance, which bounds a mean).
  virtual LossNumbers loss_counts(const IconBatch& batch) const = 0;
  // Adds to a batch on the CPU what `loss` would else find on its way.
  virtual void add_targets(IconBatch&) const {}
  // Whether `loss` of batches with targets, of one shape, is the same launches on a GPU every time
  // and never waits for it.
  virtual bool has_fixed_loss() const { return false; }
  // Greedy: the likeliest command and value at every position. [B, T, D] -> B icons. `labels` [B]
  // i64 are needed only by a model that is conditioned on them.
  virtual std::vector<icon::TokenIcon> decode(const torch::Tensor& latents,
                                              const torch::Tensor& labels = {}) = 0;
  // Shares of commands and of coordinates (exactly, and within 3 of 256 values) that are right when
  // each contour is decoded at its own length.
  virtual std::map<std::string, double> accuracy(const IconBatch& batch) = 0;

 protected:
  // Of a vae's latents from N(0, 1), a number's share (Kingma and Welling 2014, appendix B) -> [B]
  static torch::Tensor kl_of(const Encoded& encoded);
  static void apply(const LossFactors& factors, Losses& losses);

  AutoencoderImpl(const AutoencoderConfig& config, const AutoencoderShape& shape)
      : config_(config), shape_(shape) {}

  AutoencoderConfig config_;
  AutoencoderShape shape_;
};
using Autoencoder = std::shared_ptr<AutoencoderImpl>;

// How many latent tokens T an icon has: latent_tokens, or one a contour where latent_per says so.
std::int64_t latent_tokens_of(const AutoencoderConfig& config, const icon::TokenLimits& limits);

// With fresh weights from the default generator. Throws ConfigError for sizes that do not fit.
Autoencoder make_autoencoder(const AutoencoderConfig& config, const AutoencoderShape& shape);

}  // namespace svgfusion::model
