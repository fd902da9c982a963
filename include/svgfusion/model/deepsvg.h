// SPDX-License-Identifier: MIT
// DeepSVG's models (Carlier et al. 2020), number for number: hierarchical ordered, its VAE and
// label-conditioned forms, self-matching, one-stage one-shot, and the autoregressive Sketchformer.
// scripts/convert_checkpoint.py maps the reference's weights to the names here and back.
//
// B icons, N = max_contours paths, P sequences (B N with two decode stages, else B), S positions
// without the start token, A = 11 arguments of V values, W width, Z latent width.
#pragma once

#include <torch/nn/modules/container/modulelist.h>
#include <torch/nn/modules/embedding.h>
#include <torch/nn/modules/linear.h>

#include "svgfusion/model/autoencoder.h"
#include "svgfusion/nn/transformer.h"

namespace svgfusion::model {

// Commands and arguments as the reference numbers them.
enum class DeepSvgCommand : std::uint8_t { kMove, kLine, kCubic, kArc, kEnd, kStart, kClose };
inline constexpr std::int64_t kDeepSvgCommands = 7;
inline constexpr std::int64_t kDeepSvgArguments = 11;  // rx ry phi fA fS x1 y1 x2 y2 x y
inline constexpr std::int64_t kDeepSvgRelativeShift = 255;

// Padded as the reference's data set pads: start token, commands, end tokens; arguments -1 where a
// command has none.
struct DeepSvgSequences {
  torch::Tensor commands;             // [P, S + 1] i64
  torch::Tensor arguments;            // [P, S + 1, A] i64
  std::vector<std::int64_t> lengths;  // of the sequences that are not empty: 1 + commands
  std::vector<std::int64_t> rows;     // those sequences
};
// `stages` 2: one sequence a path, `slots` an icon; 1: one an icon. Throws DataError for an icon
// over the limits or on another grid than DeepSVG's.
DeepSvgSequences deepsvg_sequences(const IconBatch& batch, std::int64_t stages,
                                   const icon::TokenLimits& limits);

// Whether a command has each of the eleven arguments: [...] -> [..., A] bool.
torch::Tensor deepsvg_has_argument(const torch::Tensor& commands);

// Coordinates relative to the command before, plus kDeepSvgRelativeShift.
torch::Tensor relative_arguments(const DeepSvgSequences& sequences);

// 1 where the command loss looks, f32 [..., S]: rows before the first end token and, by `rows`
// (loss_rows of the configuration), some after.
torch::Tensor deepsvg_loss_rows(const torch::Tensor& commands, const std::string& rows);

class DeepSvgImpl : public AutoencoderImpl {
 public:
  // Throws ConfigError for combinations that the reference does not have.
  DeepSvgImpl(const AutoencoderConfig& config, const AutoencoderShape& shape);

  Encoded encode(const IconBatch& batch) override;
  // Losses named visibility, command, argument, kl and total.
  Losses loss(const IconBatch& batch, double kl_share = 1,
              const LossFactors& factors = {}) override;
  LossNumbers loss_counts(const IconBatch& batch) const override;
  std::vector<icon::TokenIcon> decode(const torch::Tensor& latents,
                                      const torch::Tensor& labels = {}) override;
  std::map<std::string, double> accuracy(const IconBatch& batch) override;

  struct Logits {
    torch::Tensor visibility;  // [B, N, 2]; undefined with one decode stage
    torch::Tensor commands;    // [P, S, 7]
    torch::Tensor arguments;   // [P, S, A, V]
  };
  // Everything the decoder says about a batch; `batch` matters only to the autoregressive form.
  Logits logits(const torch::Tensor& latents, const IconBatch& batch);
  // Self-matching: for each icon the prediction of each path, then the predictions left over,
  // ascending. [B, N] i64
  torch::Tensor assignment(const Logits& logits, const DeepSvgSequences& targets) const;

  struct Greedy {
    torch::Tensor commands;   // [P, S] i64
    torch::Tensor arguments;  // [P, S, A] i64, -1 where there is none; relative where so trained
  };
  Greedy greedy(const torch::Tensor& latents, const torch::Tensor& labels);

 private:
  struct Paths {
    torch::Tensor visibility;   // [B, N, 2]
    torch::Tensor codes;        // [P, Z]
    torch::Tensor label_codes;  // [P, label_width]
  };

  struct RowLosses {
    torch::Tensor visibility;         // [B, N, 2] logits
    torch::Tensor command, argument;  // scalars
  };
  RowLosses losses_of_all_rows(const torch::Tensor& latents, const IconBatch& batch,
                               const DeepSvgSequences& sequences);
  RowLosses losses_of_packed_rows(const torch::Tensor& latents, const IconBatch& batch,
                                  const DeepSvgSequences& sequences);
  // [V S, W] hidden rows of V sequences to what they draw, without what follows their end.
  void read_packed(const torch::Tensor& hidden, const std::vector<std::int64_t>& icon_of_sequence,
                   std::vector<icon::TokenIcon>& icons);

  torch::Tensor label_codes(torch::nn::Embedding& table, const torch::Tensor& labels) const;
  Paths decode_paths(const torch::Tensor& latents, const torch::Tensor& labels);
  torch::Tensor decode_table(nn::Transformer& decoder, torch::nn::Embedding& table,
                             const nn::Ragged& all, const torch::Tensor& codes,
                             const torch::Tensor& label_codes);
  torch::Tensor decode_commands(const torch::Tensor& codes, const torch::Tensor& label_codes);
  torch::Tensor decode_prefix(const Paths& paths, const torch::Tensor& commands,
                              const torch::Tensor& arguments);
  torch::Tensor argument_logits(const torch::Tensor& hidden);  // [R, W] -> [R, A, V]
  // Of `count` arguments from the `first` on alone: [R, W] -> [R, count, V]
  torch::Tensor argument_logits(const torch::Tensor& hidden, std::int64_t first,
                                std::int64_t count);
  std::int64_t argument_values() const;  // V
  bool two_decode_stages() const { return config_.deepsvg.decode_stages == 2; }
  bool is_autoregressive() const { return config_.deepsvg.prediction == "autoregressive"; }

  struct EmbeddingTables {
    torch::nn::Embedding commands{nullptr}, arguments{nullptr}, contours{nullptr},
        positions{nullptr};
    torch::nn::Linear projection{nullptr};
  };
  EmbeddingTables make_embedding(const std::string& name, std::int64_t values,
                                 std::int64_t contours, std::int64_t positions);
  torch::Tensor embed(EmbeddingTables& tables, const torch::Tensor& commands,
                      const torch::Tensor& arguments, const torch::Tensor& contours,
                      const torch::Tensor& positions);
  torch::Tensor drop(const torch::Tensor& x) const;

  EmbeddingTables encoder_embedding_, decoder_embedding_;
  torch::nn::Embedding encoder_label_table_{nullptr}, encoder_slot_table_{nullptr};
  nn::Transformer command_encoder_{nullptr}, path_encoder_{nullptr};
  torch::nn::ModuleList residual_{nullptr};
  torch::nn::Linear bottleneck_{nullptr}, log_sigma2_{nullptr};
  torch::nn::Embedding decoder_label_table_{nullptr}, decoder_slot_table_{nullptr},
      decoder_position_table_{nullptr};
  nn::Transformer path_decoder_{nullptr}, command_decoder_{nullptr};
  torch::nn::Linear visibility_head_{nullptr}, code_head_{nullptr}, command_head_{nullptr},
      argument_head_{nullptr};
};
TORCH_MODULE(DeepSvg);

}  // namespace svgfusion::model
