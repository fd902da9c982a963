// SPDX-License-Identifier: MIT
// One experiment: everything a configuration file may say.
#pragma once

#include "svgfusion/config/config.h"
#include "svgfusion/dataset/data_config.h"
#include "svgfusion/diffusion/diffusion_config.h"
#include "svgfusion/model/autoencoder_config.h"
#include "svgfusion/model/denoiser.h"
#include "svgfusion/model/sampling_config.h"
#include "svgfusion/nn/precision.h"

namespace svgfusion::training {

// The training of one stage.
struct StageConfig {
  std::int64_t steps = 10000;
  std::int64_t batch_size = 64;
  std::int64_t accumulate = 1;
  double learning_rate = 1e-3;
  std::string rate_rule = "none";
  std::int64_t base_batch = 64;
  std::string schedule = "cosine";
  std::int64_t warmup_steps = 100;
  double final_rate = 0.02;
  std::int64_t step_every = 1000;
  double step_factor = 0.1;
  std::int64_t plateau_patience = 5;
  double beta1 = 0.9;
  double beta2 = 0.95;
  double weight_decay = 0.01;
  double clip_norm = 1;
  double ema_decay = 0.999;
  std::int64_t log_every = 50;
  std::int64_t validate_every = 1000;
  std::int64_t preview_every = 2000;
  std::int64_t checkpoint_every = 1000;
  std::int64_t keep_checkpoints = 2;
  std::int64_t keep_every = 0;
  std::int64_t max_skipped_steps = 20;

  void visit(config::FieldVisitor& fields) {
    fields.field("steps", steps, {.doc = "optimiser steps", .min = 1, .max = 1e9});
    fields.field("batch_size", batch_size,
                 {.doc = "icons a step, of all processes together", .min = 1, .max = 1048576});
    fields.field("accumulate", accumulate,
                 {.doc = "parts in which a process computes its share of a batch, one after the "
                         "other, so that less must be in memory at once",
                  .min = 1,
                  .max = 1048576});
    fields.field("learning_rate", learning_rate,
                 {.doc = "highest rate of AdamW", .min = 0, .max = 10});
    fields.field("rate_rule", rate_rule,
                 {.doc = "how the rate follows the batch size: none; linear: times batch_size / "
                         "base_batch; sqrt: times its square root, which suits AdamW",
                  .choices = {"none", "linear", "sqrt"}});
    fields.field("base_batch", base_batch,
                 {.doc = "linear, sqrt: the batch size that learning_rate is right for",
                  .min = 1,
                  .max = 1048576});
    fields.field(
        "schedule", schedule,
        {.doc = "of the rate after warm-up. step: times step_factor every step_every steps; "
                "plateau: times step_factor when the logged loss has not fallen for "
                "plateau_patience lines; deepsvg: as step, but every step after warm-up "
                "counts twice and the first update has rate 0",
         .choices = {"cosine", "constant", "step", "plateau", "deepsvg"}});
    fields.field("warmup_steps", warmup_steps,
                 {.doc = "steps over which the rate rises from 0", .min = 0, .max = 1e9});
    fields.field("final_rate", final_rate,
                 {.doc = "cosine: last rate over the highest", .min = 0, .max = 1});
    fields.field("step_every", step_every,
                 {.doc = "step, deepsvg: steps between two cuts", .min = 1, .max = 1e9});
    fields.field("step_factor", step_factor,
                 {.doc = "step, plateau, deepsvg: the rate after a cut over that before",
                  .min = 1e-6,
                  .max = 1});
    fields.field(
        "plateau_patience", plateau_patience,
        {.doc = "plateau: lines of metrics without a lower loss (by 0.01 %) that are borne",
         .min = 0,
         .max = 1e9});
    fields.field("beta1", beta1, {.doc = "AdamW", .min = 0, .max = 0.99999});
    fields.field("beta2", beta2, {.doc = "AdamW", .min = 0, .max = 0.9999999});
    fields.field("weight_decay", weight_decay,
                 {.doc = "AdamW, of matrices; vectors are not decayed", .min = 0, .max = 10});
    fields.field("clip_norm", clip_norm,
                 {.doc = "largest norm of all gradients together", .min = 1e-9, .max = 1e9});
    fields.field("ema_decay", ema_decay,
                 {.doc = "of the averaged weights that are saved and sampled from",
                  .min = 0,
                  .max = 0.9999999});
    fields.field("log_every", log_every,
                 {.doc = "steps between lines of metrics.jsonl", .min = 1, .max = 1e9});
    fields.field("validate_every", validate_every,
                 {.doc = "steps between validations; 0: only at the end", .min = 0, .max = 1e9});
    fields.field("preview_every", preview_every,
                 {.doc = "steps between preview sheets; 0: only at the end", .min = 0, .max = 1e9});
    fields.field("checkpoint_every", checkpoint_every,
                 {.doc = "steps between checkpoints; 0: only at the end and when stopped",
                  .min = 0,
                  .max = 1e9});
    fields.field("keep_checkpoints", keep_checkpoints,
                 {.doc = "newest checkpoints kept", .min = 1, .max = 1e6});
    fields.field("keep_every", keep_every,
                 {.doc = "checkpoints of the steps that this divides are kept too; 0: none",
                  .min = 0,
                  .max = 1e9});
    fields.field(
        "max_skipped_steps", max_skipped_steps,
        {.doc = "steps in a row with gradients that are not finite before training gives up",
         .min = 0,
         .max = 1e6});
  }
};

struct TrainingConfig {
  std::int64_t seed = 0;
  std::string precision = "float32";
  StageConfig autoencoder;
  StageConfig denoiser;

  void visit(config::FieldVisitor& fields) {
    fields.field(
        "seed", seed,
        {.doc = "of initial weights, data order, dropout and noise", .min = 0, .max = 9e15});
    fields.field("precision", precision,
                 {.doc = "of the operands of products; weights, sums and all else stay float32. "
                         "bfloat16 is faster where the processor has such products",
                  .choices = nn::kPrecisionNames});
    fields.group("autoencoder", autoencoder, "first stage");
    fields.group("denoiser", denoiser, "second stage, on the latents of the first");
  }
};

struct ExperimentConfig {
  dataset::DataConfig data;
  model::AutoencoderConfig autoencoder;
  model::DenoiserConfig denoiser;
  diffusion::DiffusionConfig diffusion;
  TrainingConfig training;
  model::SamplingConfig sampling;

  void visit(config::FieldVisitor& fields) {
    fields.group("data", data, "the dataset and how svgfusion-prepare makes it");
    fields.group("autoencoder", autoencoder, "icons to latents and back");
    fields.group("denoiser", denoiser, "the diffusion model of latents");
    fields.group("diffusion", diffusion, "noise schedule, prediction and loss");
    fields.group("training", training, "both stages");
    fields.group("sampling", sampling, "defaults of svgfusion-sample and of previews");
  }
};

// Rules between the parts, in words. Throws ConfigError.
void check(const ExperimentConfig& config);

ExperimentConfig read_experiment(const config::Source& source);

}  // namespace svgfusion::training
