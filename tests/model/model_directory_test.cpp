// SPDX-License-Identifier: MIT
#include <ATen/ATen.h>

#include "model/tiny_models.h"
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

TEST(Weights, SaveAndLoadAreBitEqual) {
  const test::TemporaryFolder folder;
  auto a = tiny_model(tiny_config("vae"), 1);
  auto b = tiny_model(tiny_config("vae"), 2);
  EXPECT_NE(autoencoder_hash(a), autoencoder_hash(b));
  save_tensors(folder / "w", named_tensors(*a), {});
  load_tensors(base::SafetensorsFile(folder / "w"), named_tensors(*b));
  EXPECT_EQ(autoencoder_hash(a), autoencoder_hash(b));
}

TEST(Weights, EveryMismatchIsListedAtOnceAndNothingChanges) {
  const test::TemporaryFolder folder;
  auto a = tiny_model(tiny_config());
  NamedTensors tensors = named_tensors(*a);
  tensors.erase("code_head.bias");
  tensors["style_head.bias"] = torch::zeros({7});
  tensors["end_head.bias"] = tensors["end_head.bias"].to(torch::kDouble);
  tensors["extra"] = torch::zeros({1});
  save_tensors(folder / "w", tensors, {});
  auto b = tiny_model(tiny_config(), 5);
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
    save_autoencoder(folder_.path(), tiny_model(info_.autoencoder));
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
            autoencoder_hash(tiny_model(info_.autoencoder)));
  EXPECT_NO_THROW(load_denoiser(folder_.path(), info, torch::kCPU));
}

TEST_F(ModelDirectoryTest, ModelsFromBeforeFineGridsHaveEightBits) {
  nlohmann::json config = base::read_json(folder_ / "config.json");
  EXPECT_EQ(config.erase("grid_bits"), 1U);
  base::write_json(folder_ / "config.json", config);
  EXPECT_EQ(load_info(folder_.path()).shape.grid_bits, 8);
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
  EXPECT_CONTAINS(with("/grid_bits", 11), "grid_bits is 11; expected 8 to 10");
  EXPECT_CONTAINS(with("/grid_bits", 9), "does not fit the model");
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

TEST(Latents, PerContourAllTokensHaveOneScale) {
  const test::TemporaryFolder folder;
  test::write_tiny_dataset(folder / "d", 5);
  auto model = tiny_model(tiny_config_per_contour());
  const Latents latents = encode_dataset(model, dataset::Dataset(folder / "d"), 2);
  const auto rows = latents.values.flatten(0, 1);
  for (std::int64_t t = 0; t < 4; ++t) {
    EXPECT_TRUE(at::allclose(latents.mean[t], rows.mean(0), 1e-5, 1e-6));
    EXPECT_TRUE(at::allclose(latents.std[t], rows.std(0, false), 1e-5, 1e-6));
  }
}

TEST(Latents, FileRoundTripAndStatistics) {
  const test::TemporaryFolder folder;
  test::write_tiny_dataset(folder / "d", 5);
  const dataset::Dataset data(folder / "d");
  auto model = tiny_model(tiny_config());
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
