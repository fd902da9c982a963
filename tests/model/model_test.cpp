// SPDX-License-Identifier: MIT
#include <ATen/ATen.h>

#include "support/support.h"
#include "svgfusion/base/error.h"
#include "svgfusion/base/json.h"
#include "svgfusion/model/latent_sampler.h"
#include "svgfusion/model/latents.h"
#include "svgfusion/model/model_directory.h"
#include "svgfusion/model/weights.h"

#include <nlohmann/json.hpp>

namespace svgfusion::model {
namespace {

using test::message_of;

AutoencoderConfig tiny_config(const std::string& variant = "deterministic") {
  AutoencoderConfig c;
  c.width = 16;
  c.heads = 2;
  c.feed_forward = 32;
  c.contour_encoder_layers = c.icon_encoder_layers = c.icon_decoder_layers =
      c.contour_decoder_layers = 1;
  c.argument_width = 4;
  c.latent_tokens = 2;
  c.latent_width = 6;
  c.dropout = 0;
  c.variant = variant;
  return c;
}
const AutoencoderShape kShape{{4, 12, 24}, 2};

Autoencoder make_autoencoder(const AutoencoderConfig& config, std::uint64_t seed = 1) {
  at::manual_seed(seed);
  Autoencoder model(config, kShape);
  model->eval();
  return model;
}

IconBatch batch_of(const std::vector<int>& variants) {
  std::vector<icon::TokenIcon> icons;
  for (const int v : variants) icons.push_back(test::make_icon(v));
  // Icons of different numbers of contours and commands.
  for (std::size_t i = 1; i < icons.size(); i += 2) {
    icon::TokenIcon& icon = icons[i];
    const std::uint32_t end = icon.contour_offsets[1];
    icon.contour_offsets.resize(2);
    icon.commands.resize(end);
    icon.arguments.resize(end);
    icon.closed.resize(1);
    icon.styles.assign(1, 1);
  }
  return make_batch(icons, std::vector<std::int64_t>(icons.size(), 0), torch::kCPU);
}

TEST(Autoencoder, AnIconsLatentDoesNotDependOnItsBatch) {
  const torch::NoGradGuard no_grad;
  auto model = make_autoencoder(tiny_config());
  const auto together = model->encode(batch_of({0, 1, 2})).mean;
  EXPECT_EQ(together.sizes(), (c10::IntArrayRef{3, 2, 6}));
  EXPECT_TRUE(at::allclose(together[0], model->encode(batch_of({0})).mean[0], 1e-5, 1e-6));
  EXPECT_TRUE(at::allclose(together[2], model->encode(batch_of({2})).mean[0], 1e-5, 1e-6));
}

TEST(Autoencoder, LossesAreFiniteNamedAndReachEveryParameter) {
  for (const char* variant : {"deterministic", "vae", "noise"}) {
    auto model = make_autoencoder(tiny_config(variant));
    model->train();
    const Losses losses = model->loss(batch_of({0, 1, 2, 3}));
    for (const char* name :
         {"visibility", "command", "argument", "style", "closed", "grid", "total"}) {
      ASSERT_TRUE(losses.contains(name)) << name;
      EXPECT_TRUE(std::isfinite(losses.at(name).item<double>())) << name;
    }
    EXPECT_EQ(losses.contains("kl"), std::string(variant) == "vae");
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
  auto model = make_autoencoder(config);
  const Losses l = model->loss(batch_of({0, 1}));
  const auto v = [&](const char* name) { return l.at(name).item<double>(); };
  EXPECT_NEAR(v("total"),
              v("visibility") + v("command") + 3 * v("argument") +
                  0.5 * (v("style") + v("closed") + v("grid")),
              1e-4);
}

TEST(Autoencoder, NoiseActsInTrainingOnly) {
  const torch::NoGradGuard no_grad;
  auto model = make_autoencoder(tiny_config("noise"));
  const IconBatch batch = batch_of({0, 1});
  const auto total = [&] { return model->loss(batch).at("total").item<double>(); };
  EXPECT_EQ(total(), total());
  model->train();
  EXPECT_NE(total(), total());
}

TEST(Autoencoder, DecodedIconsFitTheFormat) {
  auto model = make_autoencoder(tiny_config());
  at::manual_seed(4);
  const std::vector<icon::TokenIcon> icons = model->decode(torch::randn({20, 2, 6}) * 5);
  ASSERT_EQ(icons.size(), 20U);
  for (const icon::TokenIcon& icon : icons) {
    EXPECT_EQ(icon::over_limits(icon, {4, 12, 4 * 12}), "");  // the total is a limit of data
    EXPECT_LT(icon.grid, icon::kGridCount);
    for (std::size_t c = 0; c < icon.contour_count(); ++c) {
      EXPECT_GE(icon.contour_length(c), 2U);
      EXPECT_EQ(icon.commands[icon.contour_offsets[c]], icon::Command::kMove);
      EXPECT_LT(icon.styles[c], 2);
    }
  }
  const auto again = model->decode(torch::zeros({1, 2, 6}));
  EXPECT_EQ(again, model->decode(torch::zeros({1, 2, 6})));
}

TEST(Autoencoder, LatentNormFixesTheScale) {
  AutoencoderConfig config = tiny_config();
  config.latent_norm = true;
  const torch::NoGradGuard no_grad;
  auto model = make_autoencoder(config);
  const auto z = model->encode(batch_of({0, 1})).mean;
  EXPECT_TRUE(at::allclose(z.mean(2), torch::zeros({2, 2}), 0, 1e-5));
  EXPECT_EQ(model->decode(z), model->decode(3 * z));  // a sample's scale is projected away
}

DenoiserConfig tiny_denoiser(bool projects) {
  DenoiserConfig c;
  c.width = projects ? 16 : 6;
  c.heads = 2;
  c.depth = 2;
  c.input_projection = projects;
  return c;
}

Denoiser make_denoiser(bool projects, bool learns_variance, std::uint64_t seed = 2) {
  at::manual_seed(seed);
  Denoiser model(tiny_denoiser(projects), DenoiserShape{2, 6, 3, learns_variance});
  const torch::NoGradGuard no_grad;  // away from adaLN-Zero's all-zero output
  for (auto& p : model->parameters()) p.add_(0.05 * torch::randn_like(p));
  model->eval();
  return model;
}

TEST(Denoiser, ShapesAndConditions) {
  const torch::NoGradGuard no_grad;
  for (const bool projects : {false, true}) {
    for (const bool learns : {false, true}) {
      auto model = make_denoiser(projects, learns);
      const auto x = torch::randn({4, 2, 6});
      const auto t = torch::full({4}, 300.0);
      const auto a = model->forward(x, t, torch::zeros({4}, torch::kLong));
      EXPECT_EQ(a.prediction.sizes(), x.sizes());
      EXPECT_EQ(a.variance.defined(), learns);
      const auto b = model->forward(x, t, torch::full({4}, 3, torch::kLong));  // the null label
      const auto c = model->forward(x, 2 * t, torch::zeros({4}, torch::kLong));
      EXPECT_FALSE(at::allclose(a.prediction, b.prediction));
      EXPECT_FALSE(at::allclose(a.prediction, c.prediction));
      EXPECT_TRUE(at::allclose(
          model->forward(x.narrow(0, 1, 1), t.narrow(0, 1, 1), torch::zeros({1}, torch::kLong))
              .prediction[0],
          a.prediction[1], 1e-4, 1e-5));
    }
  }
}

TEST(Denoiser, StartsAtZeroAsAdaLnZeroDoes) {
  at::manual_seed(1);
  Denoiser model(tiny_denoiser(true), DenoiserShape{2, 6, 3, true});
  const auto out = model->forward(torch::randn({2, 2, 6}), torch::full({2}, 5.0),
                                  torch::zeros({2}, torch::kLong));
  EXPECT_EQ(out.prediction.abs().max().item<float>(), 0);
  EXPECT_EQ(out.variance.abs().max().item<float>(), 0);
}

TEST(Denoiser, HasTheThesisParameterCount) {
  DenoiserConfig config;  // width 256, depth 28, heads 16
  const Denoiser model(config, DenoiserShape{1, 256, 56, true});
  std::int64_t count = 0;
  for (const auto& p : model->parameters()) count += p.numel();
  EXPECT_EQ(count, 33'547'008);
}

TEST(Denoiser, DropsTheAskedShareOfLabels) {
  at::manual_seed(3);
  auto model = make_denoiser(true, false);
  const auto dropped = model->drop_labels(torch::zeros({20000}, torch::kLong))
                           .eq(3)
                           .to(torch::kDouble)
                           .mean()
                           .item<double>();
  EXPECT_NEAR(dropped, 0.1, 0.01);
}

TEST(Denoiser, StandardisesByItsStatistics) {
  auto model = make_denoiser(true, false);
  model->set_statistics(torch::full({2, 6}, 3.0), torch::full({2, 6}, 2.0));
  EXPECT_TRUE(
      at::allclose(model->standardise(torch::full({1, 2, 6}, 7.0)), torch::full({1, 2, 6}, 2.0)));
  const auto x = torch::randn({1, 2, 6});
  EXPECT_TRUE(at::allclose(model->standardise(model->unstandardise(x)), x, 1e-5, 1e-6));
}

TEST(Denoiser, WidthMustFit) {
  DenoiserConfig config = tiny_denoiser(false);
  config.width = 8;
  EXPECT_CONTAINS(message_of<base::ConfigError>([&] {
                    Denoiser(config, DenoiserShape{1, 6, 2, false});
                  }),
                  "input_projection");
}

TEST(Weights, SaveAndLoadAreBitEqual) {
  const test::TemporaryFolder folder;
  auto a = make_autoencoder(tiny_config("vae"), 1);
  auto b = make_autoencoder(tiny_config("vae"), 2);
  EXPECT_NE(autoencoder_hash(a), autoencoder_hash(b));
  save_tensors(folder / "w", named_tensors(*a), {});
  load_tensors(base::SafetensorsFile(folder / "w"), named_tensors(*b));
  EXPECT_EQ(autoencoder_hash(a), autoencoder_hash(b));
}

TEST(Weights, EveryMismatchIsListedAtOnceAndNothingChanges) {
  const test::TemporaryFolder folder;
  auto a = make_autoencoder(tiny_config());
  NamedTensors tensors = named_tensors(*a);
  tensors.erase("code_head.bias");
  tensors["style_head.bias"] = torch::zeros({7});
  tensors["end_head.bias"] = tensors["end_head.bias"].to(torch::kDouble);
  tensors["extra"] = torch::zeros({1});
  save_tensors(folder / "w", tensors, {});
  auto b = make_autoencoder(tiny_config(), 5);
  const std::string before = autoencoder_hash(b);
  const std::string message = message_of<base::CheckpointError>(
      [&] { load_tensors(base::SafetensorsFile(folder / "w"), named_tensors(*b)); });
  for (const char* part : {"4 differences", "'code_head.bias' is missing",
                           "'style_head.bias' is F32 [7], expected F32 [2]",
                           "'end_head.bias' is F64", "'extra' is unknown"}) {
    EXPECT_CONTAINS(message, part);
  }
  EXPECT_EQ(autoencoder_hash(b), before);
}

class ModelDirectoryTest : public testing::Test {
 protected:
  void SetUp() override {
    info_.autoencoder = tiny_config();
    info_.shape = kShape;
    info_.styles = {icon::Style{}, icon::Style{icon::Style::Kind::kStroke, 0xFF, 2,
                                               svg::LineCap::kRound, svg::LineJoin::kRound}};
    info_.label_names = {"left", "right", "up"};
    info_.has_denoiser = true;
    info_.denoiser = tiny_denoiser(true);
    info_.sampling.steps = 4;
    save_autoencoder(folder_.path(), make_autoencoder(info_.autoencoder));
    save_denoiser(folder_.path(), make_denoiser(true, false));
    save_info(folder_.path(), info_);
  }
  test::TemporaryFolder folder_;
  ModelInfo info_;
};

TEST_F(ModelDirectoryTest, RoundTrip) {
  const ModelInfo info = load_info(folder_.path());
  EXPECT_EQ(info.label_names, info_.label_names);
  EXPECT_EQ(info.styles, info_.styles);
  EXPECT_EQ(info.sampling.steps, 4);
  EXPECT_EQ(autoencoder_hash(load_autoencoder(folder_.path(), info, torch::kCPU)),
            autoencoder_hash(make_autoencoder(info_.autoencoder)));
  EXPECT_NO_THROW(load_denoiser(folder_.path(), info, torch::kCPU));
}

TEST_F(ModelDirectoryTest, DamageIsNamed) {
  EXPECT_CONTAINS(message_of<base::FileError>([&] { load_info(folder_ / "none"); }),
                  "is no model directory");
  const auto with = [&](const char* key, const nlohmann::json& value) {
    nlohmann::json config = base::read_json(folder_ / "config.json");
    config[nlohmann::json::json_pointer(key)] = value;
    base::write_json(folder_ / "config.json", config);
    const std::string message = message_of<base::CheckpointError>([&] {
      const ModelInfo info = load_info(folder_.path());
      load_autoencoder(folder_.path(), info, torch::kCPU);
    });
    save_info(folder_.path(), info_);
    return message;
  };
  EXPECT_CONTAINS(with("/format_version", 9), "format version 9");
  EXPECT_CONTAINS(with("/autoencoder/width", "wide"), "autoencoder.width is \"wide\"");
  EXPECT_CONTAINS(with("/autoencoder/wdith", 3), "did you mean 'width'");
  EXPECT_CONTAINS(with("/autoencoder/latent_width", 8), "does not fit the model");
  EXPECT_CONTAINS(with("/limits", 3), "damaged");
  const std::string weights = test::read(folder_ / "denoiser.safetensors");
  test::write(folder_ / "denoiser.safetensors", weights.substr(0, weights.size() / 2));
  EXPECT_CONTAINS(message_of<base::DataError>([&] {
                    load_denoiser(folder_.path(), load_info(folder_.path()), torch::kCPU);
                  }),
                  "cut short");
}

TEST_F(ModelDirectoryTest, ASampleDoesNotDependOnItsBatch) {
  auto denoiser = load_denoiser(folder_.path(), info_, torch::kCPU);
  const diffusion::Process process(info_.diffusion);
  const auto run = [&](const std::vector<std::int64_t>& labels,
                       const std::vector<std::int64_t>& numbers) {
    SampleRequest request;
    request.labels = labels;
    for (std::size_t i = 0; i < labels.size(); ++i)
      request.seeds.push_back(sample_seed(7, labels[i], numbers[i]));
    return sample_latents(denoiser, process, info_.sampling, request);
  };
  const auto together = run({0, 0, 2, 1}, {0, 1, 0, 5});
  EXPECT_TRUE(at::allclose(run({0}, {1})[0], together[1], 1e-4, 1e-5));
  EXPECT_TRUE(at::allclose(run({1, 2}, {5, 0})[0], together[3], 1e-4, 1e-5));
  EXPECT_FALSE(at::allclose(together[0], together[1], 1e-2, 1e-2));
}

TEST(Latents, FileRoundTripAndStatistics) {
  const test::TemporaryFolder folder;
  test::write_tiny_dataset(folder / "d", 5);
  const dataset::Dataset data(folder / "d");
  auto model = make_autoencoder(tiny_config());
  const Latents latents = encode_dataset(model, data, 2);
  EXPECT_EQ(latents.values.sizes(), (c10::IntArrayRef{5, 2, 6}));
  EXPECT_TRUE(at::allclose(latents.mean, latents.values.mean(0), 1e-5, 1e-6));
  save_latents(folder / "l", latents);
  const Latents back = load_latents(folder / "l");
  EXPECT_TRUE(back.values.equal(latents.values));
  EXPECT_TRUE(back.labels.equal(latents.labels));
  EXPECT_EQ(back.names, latents.names);
  EXPECT_EQ(back.autoencoder, autoencoder_hash(model));
  EXPECT_EQ(back.dataset, data.fingerprint());
  Latents broken = latents;
  broken.values = broken.values.clone();
  broken.values[0][0][0] = NAN;
  save_latents(folder / "n", broken);
  EXPECT_CONTAINS(message_of<base::DataError>([&] { load_latents(folder / "n"); }), "not finite");
  EXPECT_CONTAINS(message_of<base::DataError>([&] { load_latents(folder / "d"); }),
                  "svgfusion_latents");
}

}  // namespace
}  // namespace svgfusion::model
