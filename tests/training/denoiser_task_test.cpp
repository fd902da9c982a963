// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <cmath>

#include "svgfusion/training/task.h"

namespace svgfusion::training {
namespace {

constexpr std::int64_t kWidth = 8;
constexpr std::int64_t kLabels = 3;

LabelledLatents rows(std::int64_t count, double scale) {
  return {scale * torch::randn({count, 1, kWidth}), torch::randint(kLabels, {count}, torch::kLong)};
}

Metrics validate(const LatentSet& latents) {
  ExperimentConfig config;
  config.denoiser.width = 16;
  config.denoiser.heads = 2;
  config.denoiser.depth = 2;
  config.denoiser.input_projection = true;
  config.training.denoiser.batch_size = 4;
  model::ModelInfo info;
  info.autoencoder.latent_width = kWidth;
  info.denoiser = config.denoiser;
  info.diffusion = config.diffusion;
  info.label_names.resize(kLabels);
  torch::manual_seed(1);
  model::Denoiser model(info.denoiser, info.denoiser_shape());
  return make_denoiser_task(config, latents, info, model, nullptr, torch::kCPU)->validate();
}

TEST(DenoiserTask, WithoutHeldOutLatentsTheTrainingOnesAloneAreMeasured) {
  for (const auto& [name, value] : validate({rows(20, 1), rows(0, 1), ""})) {
    EXPECT_TRUE(name.starts_with("train_")) << name;
    EXPECT_TRUE(std::isfinite(value)) << name;
  }
}

TEST(DenoiserTask, HeldOutLatentsAreMeasuredAtTheSameNoiseAndTimes) {
  const LabelledLatents train = rows(20, 1);
  const Metrics same = validate({train, train, ""});
  EXPECT_GT(same.at("train_loss"), 0);
  for (const char* name : {"loss", "loss_over_floor", "x0_error"})
    EXPECT_EQ(same.at(std::string("validation_") + name), same.at(std::string("train_") + name));
  // The new model says 0 of every latent, so that latents three times as large cost more.
  const Metrics larger = validate({train, rows(20, 3), ""});
  EXPECT_EQ(larger.at("train_loss"), same.at("train_loss"));
  EXPECT_GT(larger.at("validation_x0_error"), 4 * larger.at("train_x0_error"));
}

}  // namespace
}  // namespace svgfusion::training
