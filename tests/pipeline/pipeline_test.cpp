// SPDX-License-Identifier: MIT
#include <ATen/ATen.h>

#include <nlohmann/json.hpp>

#include "support/support.h"
#include "svgfusion/base/error.h"
#include "svgfusion/base/json.h"
#include "svgfusion/model/latents.h"
#include "svgfusion/model/model_directory.h"
#include "svgfusion/model/weights.h"
#include "svgfusion/pipeline/jobs.h"

namespace svgfusion::pipeline {
namespace {

using test::message_of;
namespace fs = std::filesystem;

class PipelineTest : public testing::Test {
 protected:
  void SetUp() override {
    test::write_tiny_dataset(folder_ / "data", 6);
    const dataset::Dataset data(folder_ / "data");
    model::ModelInfo info;
    info.autoencoder.width = 16;
    info.autoencoder.heads = 2;
    info.autoencoder.feed_forward = 32;
    info.autoencoder.argument_width = 4;
    info.autoencoder.latent_width = 8;
    info.shape = {data.info().limits, 2};
    info.styles = data.info().styles;
    info.label_names = data.info().label_names;
    info.has_denoiser = true;
    info.denoiser.width = 16;
    info.denoiser.heads = 2;
    info.denoiser.depth = 1;
    info.denoiser.input_projection = true;
    info.sampling.steps = 3;
    at::manual_seed(1);
    fs::create_directories(folder_ / "model");
    model::save_autoencoder(folder_ / "model",
                            model::make_autoencoder(info.autoencoder, info.shape));
    model::Denoiser denoiser(info.denoiser, info.denoiser_shape());
    {
      const torch::NoGradGuard no_grad;  // away from adaLN-Zero's all-zero output
      for (auto& parameter : denoiser->parameters())
        parameter.add_(0.1 * torch::randn_like(parameter));
    }
    model::save_denoiser(folder_ / "model", denoiser);
    model::save_info(folder_ / "model", info);
  }
  SampleJob sample_job(const std::string& out) {
    SampleJob job;
    job.model = folder_ / "model";
    job.output = folder_ / out;
    job.count = 3;
    job.device = "cpu";
    return job;
  }
  test::TemporaryFolder folder_;
};

TEST_F(PipelineTest, EncodeThenDecode) {
  EncodeJob encode_job{folder_ / "model", folder_ / "data", folder_ / "l", "cpu", 1, 4};
  EXPECT_EQ(encode(encode_job), 6);
  DecodeJob decode_job;
  decode_job.model = folder_ / "model";
  decode_job.latents = folder_ / "l";
  decode_job.output = folder_ / "decoded";
  decode_job.sheet = folder_ / "sheet.png";
  decode_job.device = "cpu";
  EXPECT_EQ(decode(decode_job), 6);
  EXPECT_TRUE(fs::exists(folder_ / "decoded/left/0002.svg"));
  EXPECT_TRUE(fs::exists(folder_ / "decoded/right/0000.svg"));
  EXPECT_TRUE(fs::exists(folder_ / "sheet.png"));
  EXPECT_CONTAINS(test::read(folder_ / "decoded/index.html"), "left/0000.svg");

  model::Latents latents = model::load_latents(folder_ / "l");
  latents.autoencoder = "0123456789abcdef";
  model::save_latents(folder_ / "other", latents);
  decode_job.latents = folder_ / "other";
  EXPECT_CONTAINS(message_of<base::DataError>([&] { decode(decode_job); }),
                  "made by another autoencoder");
}

TEST_F(PipelineTest, DataThatTheModelCannotEncodeIsRefused) {
  const auto refusal = [&](const fs::path& data) {
    const EncodeJob job{folder_ / "model", data, folder_ / "l", "cpu", 1, 4};
    const std::string message = message_of<base::DataError>([&] { encode(job); });
    EXPECT_FALSE(fs::exists(folder_ / "l"));
    return message;
  };
  test::write_tiny_dataset(folder_ / "fine", 6, false, icon::Grid{0, 9});
  EXPECT_CONTAINS(refusal(folder_ / "fine"),
                  "its coordinates have 9 bits, the model's 8; prepare it with data.grid_bits=8");

  const nlohmann::json config = base::read_json(folder_ / "model/config.json");
  nlohmann::json other = config;
  other["limits"]["max_contours"] = 3;
  base::write_json(folder_ / "model/config.json", other);
  EXPECT_CONTAINS(refusal(folder_ / "data"), "larger than the model's limits");
  other = config;
  other["styles"].erase(1);
  base::write_json(folder_ / "model/config.json", other);
  EXPECT_CONTAINS(refusal(folder_ / "data"), "its table of 2 styles is not the model's of 1");
}

TEST_F(PipelineTest, SamplesAreNumberedListedAndRepeatable) {
  EXPECT_EQ(sample(sample_job("a")), 6);
  const std::string table = test::read(folder_ / "a/samples.tsv");
  EXPECT_EQ(table.substr(0, 23), "file\tlabel\tseed\tindex\nl");
  EXPECT_CONTAINS(table, "right/0002.svg\tright\t0\t2\n");
  SampleJob job = sample_job("b");
  job.batch_size = 1;
  job.labels = {"right"};
  sample(job);
  for (const char* file : {"right/0000.svg", "right/0002.svg"})
    EXPECT_EQ(test::read(folder_ / "a" / file), test::read(folder_ / "b" / file));
  job = sample_job("c");
  job.seed = 1;
  job.output_latents = folder_ / "c.latents";
  sample(job);
  job = sample_job("");
  job.output.clear();
  job.output_latents = folder_ / "d.latents";
  sample(job);
  EXPECT_FALSE(model::load_latents(folder_ / "c.latents")
                   .values.equal(model::load_latents(folder_ / "d.latents").values));
}

TEST_F(PipelineTest, StartsFromGivenNoise) {
  const auto noise = torch::randn({2, 1, 8});
  model::save_tensors(folder_ / "noise", {{"noise", noise}}, {});
  SampleJob job = sample_job("a");
  job.count = 1;
  job.noise = folder_ / "noise";
  job.output_latents = folder_ / "a.latents";
  sample(job);
  job.seed = 99;  // no longer matters: ddim without eta draws nothing else
  job.output_latents = folder_ / "b.latents";
  sample(job);
  EXPECT_TRUE(model::load_latents(folder_ / "a.latents")
                  .values.equal(model::load_latents(folder_ / "b.latents").values));
  job.count = 2;
  EXPECT_CONTAINS(message_of<base::DataError>([&] { sample(job); }), "expected F32 [4, 1, 8]");
}

TEST_F(PipelineTest, SamplingAloneNeedsNoAutoencoder) {
  fs::remove(folder_ / "model/autoencoder.safetensors");
  SampleJob job = sample_job("");
  job.output.clear();
  job.output_latents = folder_ / "l";
  EXPECT_EQ(sample(job), 6);
  EXPECT_CONTAINS(message_of<base::FileError>([&] { sample(sample_job("x")); }),
                  "autoencoder.safetensors");
}

TEST_F(PipelineTest, BadRequests) {
  SampleJob job = sample_job("a");
  job.labels = {"rihgt"};
  EXPECT_CONTAINS(message_of<base::UsageError>([&] { sample(job); }), "did you mean 'right'");
  job = sample_job("a");
  job.output.clear();
  EXPECT_CONTAINS(message_of<base::UsageError>([&] { sample(job); }), "nothing to do");
  job = sample_job("a");
  job.sampler = "ddpm";
  EXPECT_CONTAINS(message_of<base::UsageError>([&] { sample(job); }), "ddpm sampler needs");
  job = sample_job("a");
  job.sampler = "euler";
  job.eta = 0.5;
  EXPECT_CONTAINS(message_of<base::UsageError>([&] { sample(job); }), "--eta");
  job = sample_job("a");
  job.device = "tpu";
  EXPECT_CONTAINS(message_of<base::UsageError>([&] { sample(job); }), "expected auto, cpu");
  test::write(folder_ / "file", "x");
  job = sample_job("file/a");
  EXPECT_CONTAINS(message_of<base::FileError>([&] { sample(job); }), "cannot be created");
}

}  // namespace
}  // namespace svgfusion::pipeline
