// SPDX-License-Identifier: MIT
// The denoiser after DiT (Peebles and Xie: "Scalable Diffusion Models with Transformers", ICCV
// 2023): transformer blocks whose norms are shifted, scaled and gated by time and label
// (adaLN-Zero).
//
// B latents, T tokens, D latent width, W model width, K labels.
#pragma once

#include <torch/nn/module.h>
#include <torch/nn/modules/container/modulelist.h>
#include <torch/nn/modules/linear.h>

#include "svgfusion/diffusion/loss.h"
#include "svgfusion/nn/embeddings.h"
#include "svgfusion/nn/modulated_branch.h"
#include "svgfusion/nn/modulated_stack.h"
#include "svgfusion/nn/packed_weights.h"
#include "svgfusion/nn/transformer.h"

namespace svgfusion::model {

// Sizes default to the thesis's denoiser.
struct DenoiserConfig {
  std::int64_t width = 256;
  std::int64_t depth = 28;
  std::int64_t heads = 16;
  double feed_forward_ratio = 4;
  bool input_projection = false;
  double label_dropout = 0.1;
  std::string token_code = "learned";
  double latent_scale = 0;

  void visit(config::FieldVisitor& fields) {
    fields.field("width", width,
                 {.doc = "model width W; without input_projection it must equal the latent width",
                  .min = 8,
                  .max = 8192});
    fields.field("depth", depth, {.doc = "blocks", .min = 1, .max = 200});
    fields.field("heads", heads,
                 {.doc = "attention heads; must divide the width", .min = 1, .max = 128});
    fields.field("feed_forward_ratio", feed_forward_ratio,
                 {.doc = "width of the feed-forward part over W", .min = 0.25, .max = 16});
    fields.field(
        "input_projection", input_projection,
        {.doc = "a linear map D -> W in front, so that the model may be wider than the latent"});
    fields.field(
        "label_dropout", label_dropout,
        {.doc = "share of labels replaced by none in training, for guidance", .min = 0, .max = 1});
    fields.field("token_code", token_code,
                 {.doc = "what tells latent tokens apart. learned: a table, none for one token; "
                         "sincos: DiT's fixed sines over a square of tokens",
                  .choices = {"learned", "sincos"}});
    fields.field("latent_scale", latent_scale,
                 {.doc = "latents are divided by this one number, 0.7128 in the thesis; 0: by each "
                         "dimension's standard deviation, after its mean is taken off",
                  .min = 0,
                  .max = 1e6});
  }
};

struct DenoiserShape {
  std::int64_t latent_tokens = 1;
  std::int64_t latent_width = 256;
  std::int64_t labels = 1;
  bool learns_variance = false;
};

class DenoiserBlockImpl : public torch::nn::Module {
 public:
  DenoiserBlockImpl(std::int64_t width, std::int64_t heads, std::int64_t feed_forward);
  // x [B, T, W] -> [B, T, W]; `modulation` is that of attention and that of the feed-forward part.
  // With `rows` [B] its matrices are [U, W] and row rows[b] is that of x[b].
  torch::Tensor forward(const torch::Tensor& x, const nn::Modulation (&modulation)[2],
                        const torch::Tensor& rows);
  nn::SelfAttention& attention() { return attention_; }
  nn::StackBlock maps() const;

 private:
  torch::Tensor attend(const torch::Tensor& x, const nn::Modulation& modulation,
                       const torch::Tensor& rows);

  nn::SelfAttention attention_{nullptr};
  torch::nn::Linear up_{nullptr}, down_{nullptr};
};
TORCH_MODULE(DenoiserBlock);

class DenoiserImpl : public torch::nn::Module {
 public:
  DenoiserImpl(const DenoiserConfig& config, const DenoiserShape& shape);

  const DenoiserConfig& config() const { return config_; }
  const DenoiserShape& shape() const { return shape_; }

  // x [B, T, D] in standardised units, time [B] (0 data … 1000 noise), labels [B] i64; the label K
  // means none. Where few pairs of time and label stand in a batch, time and labels may be those U
  // pairs [U], and `rows` [B] i64 says which is whose: modulation, a third of the work at one
  // token, is then computed once a pair. Throws logic_error on shapes that do not fit.
  diffusion::Output forward(const torch::Tensor& x, const torch::Tensor& time,
                            const torch::Tensor& labels, const torch::Tensor& rows = {});

  // Labels [B] with those replaced by none whose number of `uniform` [B], in [0, 1), is below
  // label_dropout.
  torch::Tensor drop_labels(const torch::Tensor& labels, const torch::Tensor& uniform) const;
  std::int64_t null_label() const { return shape_.labels; }

  torch::nn::ModuleList& blocks() { return blocks_; }

  // Per-dimension statistics of the latents, saved with the weights: x = (latent - mean) / std.
  void set_statistics(const torch::Tensor& mean, const torch::Tensor& std);
  torch::Tensor standardise(const torch::Tensor& latents) const;
  torch::Tensor unstandardise(const torch::Tensor& x) const;

 private:
  torch::Tensor through_blocks(torch::Tensor h, const torch::Tensor& condition,
                               const torch::Tensor& rows);

  DenoiserConfig config_;
  DenoiserShape shape_;
  torch::nn::Linear input_{nullptr}, time_in_{nullptr}, time_out_{nullptr};
  nn::LabelEmbedding label_table_{nullptr};
  torch::nn::ModuleList blocks_{nullptr};
  // Of all blocks, six matrices each, and of the output, two: [(6 depth + 2) W, W]. They see the
  // same condition, so one product serves them all.
  torch::nn::Linear modulation_{nullptr};
  torch::nn::Linear output_{nullptr};
  torch::Tensor token_table_;  // [T, W], one row a token; absent when learned and T = 1
  torch::Tensor latent_mean_;  // [T, D]
  torch::Tensor latent_std_;   // [T, D]
};
TORCH_MODULE(Denoiser);

// A denoiser whose weights do not change while this lives, for sampling: they are turned once into
// the form that products take, and with one token values and output of attention are one product.
class FrozenDenoiser {
 public:
  explicit FrozenDenoiser(Denoiser denoiser);
  ~FrozenDenoiser();
  FrozenDenoiser(const FrozenDenoiser&) = delete;
  FrozenDenoiser& operator=(const FrozenDenoiser&) = delete;

  // As the denoiser's.
  diffusion::Output forward(const torch::Tensor& x, const torch::Tensor& time,
                            const torch::Tensor& labels, const torch::Tensor& rows = {});

 private:
  Denoiser denoiser_;
  nn::PackedWeights weights_;
};

}  // namespace svgfusion::model
