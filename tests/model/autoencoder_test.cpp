// SPDX-License-Identifier: MIT
#include <ATen/ATen.h>

#include <cmath>

#include "model/tiny_models.h"
#include "reference_weights.h"
#include "support/support.h"
#include "svgfusion/base/error.h"

namespace svgfusion::model {
namespace {

IconBatch batch_of(const std::vector<int>& variants) {
  std::vector<icon::TokenIcon> icons;
  for (const int v : variants) icons.push_back(test::make_icon(v));
  // Icons of different numbers of contours and commands.
  for (std::size_t i = 1; i < icons.size(); i += 2) icons[i] = first_contour(icons[i]);
  return make_batch(icons, std::vector<std::int64_t>(icons.size(), 0), torch::kCPU);
}

TEST(Autoencoder, AnIconsLatentDoesNotDependOnItsBatch) {
  const torch::NoGradGuard no_grad;
  for (const AutoencoderConfig& config : {tiny_config(), tiny_config_per_contour()}) {
    auto model = tiny_model(config);
    const auto together = model->encode(batch_of({0, 1, 2})).mean;
    EXPECT_EQ(together.sizes(), (c10::IntArrayRef{3, config.latent_tokens, 6}));
    EXPECT_TRUE(at::allclose(together[0], model->encode(batch_of({0})).mean[0], 1e-5, 1e-6));
    EXPECT_TRUE(at::allclose(together[2], model->encode(batch_of({2})).mean[0], 1e-5, 1e-6));
  }
}

TEST(Autoencoder, LossesAreFiniteNamedAndReachEveryParameter) {
  for (const AutoencoderConfig& config :
       {tiny_config("deterministic"), tiny_config("vae"), tiny_config("noise"),
        tiny_config_per_contour("deterministic"), tiny_config_per_contour("noise")}) {
    auto model = tiny_model(config);
    model->train();
    const Losses losses = model->loss(batch_of({0, 1, 2, 3}));
    for (const char* name :
         {"visibility", "command", "argument", "style", "closed", "grid", "total"}) {
      ASSERT_TRUE(losses.contains(name)) << name;
      EXPECT_TRUE(std::isfinite(losses.at(name).item<double>())) << name;
    }
    EXPECT_EQ(losses.contains("kl"), config.variant == "vae");
    losses.at("total").backward();
    for (const auto& item : model->named_parameters()) {
      ASSERT_TRUE(item.value().grad().defined()) << item.key();
      EXPECT_GT(item.value().grad().abs().sum().item<double>(), 0) << item.key();
    }
  }
}

TEST(Autoencoder, TotalIsTheWeightedSum) {
  AutoencoderConfig config = tiny_config();
  config.argument_weight = 3;
  config.style_weight = 0.5;
  auto model = tiny_model(config);
  const Losses l = model->loss(batch_of({0, 1}));
  const auto v = [&](const char* name) { return l.at(name).item<double>(); };
  EXPECT_NEAR(v("total"),
              v("visibility") + v("command") + 3 * v("argument") +
                  0.5 * (v("style") + v("closed") + v("grid")),
              1e-4);
}

// With the factors of loss_counts, the losses of a batch's parts are those of the batch.
TEST(Autoencoder, PartsAddUpToTheBatch) {
  AutoencoderConfig config = tiny_config("vae");
  config.kl_tolerance = 0;
  auto model = tiny_model(config);
  const LossNumbers counts = model->loss_counts(batch_of({0, 1, 2, 3, 0}));
  Losses sums;
  for (const std::vector<int>& part : {std::vector<int>{0, 1}, {2, 3, 0}}) {
    LossFactors factors;
    for (const auto& [name, count] : model->loss_counts(batch_of(part)))
      factors[name] = torch::tensor(count / counts.at(name));
    for (const auto& [name, loss] : model->loss(batch_of(part), 0.5, factors)) {
      torch::Tensor& sum = sums[name];
      sum = sum.defined() ? sum + loss : loss;
    }
  }
  const Losses whole = model->loss(batch_of({0, 1, 2, 3, 0}), 0.5);
  EXPECT_EQ(whole.size(), 8U);
  for (const auto& [name, loss] : whole)
    EXPECT_NEAR(sums.at(name).item<double>(), loss.item<double>(),
                1e-6 * std::max(1.0, loss.item<double>()))
        << name;
}

TEST(Autoencoder, NoiseActsInTrainingOnly) {
  const torch::NoGradGuard no_grad;
  auto model = tiny_model(tiny_config("noise"));
  const IconBatch batch = batch_of({0, 1});
  const auto total = [&] { return model->loss(batch).at("total").item<double>(); };
  EXPECT_EQ(total(), total());
  model->train();
  EXPECT_NE(total(), total());
}

TEST(Autoencoder, DecodedIconsFitTheFormat) {
  for (const AutoencoderConfig& config : {tiny_config(), tiny_config_per_contour()}) {
    auto model = tiny_model(config);
    at::manual_seed(4);
    const std::vector<icon::TokenIcon> icons =
        model->decode(torch::randn({20, config.latent_tokens, 6}) * 5);
    ASSERT_EQ(icons.size(), 20U);
    for (const icon::TokenIcon& icon : icons) {
      EXPECT_EQ(icon::over_limits(icon, {4, 12, 4 * 12}), "");  // the total is a limit of data
      EXPECT_LT(icon.grid.row, icon::kGridCount);
      for (std::size_t c = 0; c < icon.contour_count(); ++c) {
        EXPECT_GE(icon.contour_length(c), 2U);
        EXPECT_EQ(icon.commands[icon.contour_offsets[c]], icon::Command::kMove);
        EXPECT_LT(icon.styles[c], 2);
      }
    }
    const auto zeros = torch::zeros({1, config.latent_tokens, 6});
    const auto again = model->decode(zeros);
    EXPECT_EQ(again, model->decode(zeros));
  }
}

// Tokens without a contour are one and the same in every icon, and no other is like them.
TEST(Autoencoder, PerContourTheTokensSayWhichContoursThereAre) {
  const torch::NoGradGuard no_grad;
  AutoencoderConfig config = tiny_config_per_contour();
  config.latent_norm = true;
  auto model = tiny_model(config);
  const IconBatch batch = batch_of({0, 1, 2});
  const auto z = model->encode(batch).mean;
  const auto empty = z[1][3];  // the second icon has one contour
  for (std::int64_t b = 0; b < 3; ++b) {
    for (std::int64_t t = 0; t < 4; ++t) {
      const bool is_there = t < batch.icons.lengths[static_cast<std::size_t>(b)];
      EXPECT_EQ(torch::equal(z[b][t], empty), !is_there) << b << " " << t;
    }
  }
}

TEST(Autoencoder, PerContourOverfittingDecodesTheIconsExactly) {
  AutoencoderConfig config = tiny_config_per_contour();
  config.width = 48;
  config.latent_norm = true;
  auto model = tiny_model(config, 3);
  const std::vector<icon::TokenIcon> wanted{test::make_icon(0), first_contour(test::make_icon(1))};
  const IconBatch both = make_batch(wanted, {0, 0}, torch::kCPU);
  train_plainly(*model, 300, 4e-3, [&] { return model->loss(both).at("total"); });
  EXPECT_EQ(model->decode(model->encode(both).mean), wanted);
}

TEST(Autoencoder, OverfittingOnAFineGridDecodesTheIconsExactly) {
  AutoencoderShape shape = kShape;
  shape.grid_bits = 10;
  const icon::Grid grid{1, 10};
  const std::vector<icon::TokenIcon> wanted{test::make_icon(0, grid),
                                            first_contour(test::make_icon(1, grid))};
  AutoencoderConfig config = tiny_config();
  config.width = 48;
  auto model = tiny_model(config, 3, shape);
  const IconBatch both = make_batch(wanted, {0, 0}, torch::kCPU);
  EXPECT_GT(both.arguments.max().item<std::int64_t>(), 255);
  train_plainly(*model, 300, 4e-3, [&] { return model->loss(both).at("total"); });
  EXPECT_EQ(model->decode(model->encode(both).mean), wanted);
  EXPECT_EQ(model->accuracy(both).at("argument_accuracy"), 1);
}

TEST(Autoencoder, WhatPerContourCannotBeIsRefused) {
  EXPECT_THROW(tiny_model(tiny_config_per_contour("vae")), base::ConfigError);
  AutoencoderConfig config = tiny_config_per_contour();
  config.latent_tokens = 3;
  EXPECT_THROW(tiny_model(config), base::ConfigError);
}

TEST(Autoencoder, LatentNormFixesTheScale) {
  AutoencoderConfig config = tiny_config();
  config.latent_norm = true;
  const torch::NoGradGuard no_grad;
  auto model = tiny_model(config);
  const auto z = model->encode(batch_of({0, 1})).mean;
  EXPECT_TRUE(at::allclose(z.mean(2), torch::zeros({2, 2}), 0, 1e-5));
  EXPECT_EQ(model->decode(z), model->decode(3 * z));  // a sample's scale is projected away
}

}  // namespace
}  // namespace svgfusion::model
