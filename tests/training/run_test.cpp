// SPDX-License-Identifier: MIT
// Whole runs of a tiny experiment: what they leave, how they go on, what they refuse.
#include <fstream>
#include <nlohmann/json.hpp>

#include "support/support.h"
#include "svgfusion/base/error.h"
#include "svgfusion/base/files.h"
#include "svgfusion/base/json.h"
#include "svgfusion/base/random.h"
#include "svgfusion/training/checkpoint.h"
#include "svgfusion/training/train.h"

namespace svgfusion::training {
namespace {

using test::message_of;
namespace fs = std::filesystem;

ExperimentConfig tiny_experiment(const fs::path& data) {
  ExperimentConfig c;
  c.data.dataset = data.string();
  c.autoencoder.width = 16;
  c.autoencoder.heads = 2;
  c.autoencoder.feed_forward = 32;
  c.autoencoder.contour_encoder_layers = c.autoencoder.icon_encoder_layers = 1;
  c.autoencoder.icon_decoder_layers = c.autoencoder.contour_decoder_layers = 1;
  c.autoencoder.argument_width = 4;
  c.autoencoder.latent_width = 8;
  c.autoencoder.dropout = 0.1;
  c.autoencoder.variant = "noise";
  c.denoiser.width = 16;
  c.denoiser.heads = 2;
  c.denoiser.depth = 2;
  c.denoiser.input_projection = true;
  for (StageConfig* stage : {&c.training.autoencoder, &c.training.denoiser}) {
    stage->steps = 12;
    stage->batch_size = 4;
    stage->warmup_steps = 2;
    stage->log_every = 4;
    stage->validate_every = 0;
    stage->preview_every = 0;
    stage->checkpoint_every = 6;
  }
  c.sampling.steps = 3;
  return c;
}

class RunTest : public testing::Test {
 protected:
  void SetUp() override {
    test::write_tiny_dataset(folder_ / "data", 10, true);
    config_ = tiny_experiment(folder_ / "data");
  }
  void run(const std::string& name, const std::string& stage = "all",
           const std::string& resume = "auto") {
    train(config_, {folder_ / name, stage, resume, "cpu", 1});
  }
  std::string weights(const std::string& name) {
    return test::read(folder_ / name / "model/denoiser.safetensors") +
           test::read(folder_ / name / "model/autoencoder.safetensors");
  }

  // With the hash that makes it believable.
  static void write_state(const fs::path& checkpoint, nlohmann::json state) {
    state.erase("hash");
    state["hash"] = base::hex(base::fnv1a(state.dump()));
    base::write_json(checkpoint / "state.json", state);
  }

  test::TemporaryFolder folder_;
  ExperimentConfig config_;
};

TEST_F(RunTest, LeavesEverythingARunShould) {
  run("a");
  for (const char* file :
       {"config.json", "train.log", "metrics.jsonl", "train.latents.safetensors",
        "model/config.json", "model/model_card.md", "model/autoencoder.safetensors",
        "model/denoiser.safetensors", "previews/autoencoder-final.png",
        "previews/denoiser-final.png", "checkpoints/autoencoder/step-00000012/state.json",
        "checkpoints/denoiser/step-00000006/weights.safetensors"}) {
    EXPECT_TRUE(fs::exists(folder_ / "a" / file)) << file;
  }
  std::set<std::string> stages;
  for (const std::string& line : base::split(test::read(folder_ / "a/metrics.jsonl"), '\n')) {
    if (!line.empty()) stages.insert(nlohmann::json::parse(line).at("stage").get<std::string>());
  }
  EXPECT_EQ(stages, (std::set<std::string>{"autoencoder", "denoiser"}));
}

// Stopped after step 6 and continued must be bit-equal to never stopped; and must not be when any
// part of the state is lost.
TEST_F(RunTest, ResumeIsBitExactAndNeedsEveryPartOfTheState) {
  config_.training.denoiser.schedule = "plateau";
  config_.training.denoiser.plateau_patience = 0;
  run("whole");
  fs::create_directories(folder_ / "cut");
  const auto copy_until_six = [&](const std::string& name) {
    fs::remove_all(folder_ / name);
    fs::copy(folder_ / "whole", folder_ / name, fs::copy_options::recursive);
    for (const char* stage : {"autoencoder", "denoiser"})
      fs::remove_all(folder_ / name / "checkpoints" / stage / "step-00000012");
    fs::remove_all(folder_ / name / "model");
  };
  copy_until_six("cut");
  run("cut");
  EXPECT_EQ(weights("cut"), weights("whole"));

  const fs::path checkpoint = folder_ / "cut/checkpoints/denoiser/step-00000006";
  for (const char* part : {"first_moment", "second_moment", "average", "updates", "plateau"}) {
    copy_until_six("cut");
    model::NamedTensors tensors;
    {
      const base::SafetensorsFile file(checkpoint / "optimizer.safetensors");
      for (const auto& [name, view] : file.tensors()) tensors[name] = model::to_tensor(view);
    }
    tensors[part].zero_();
    model::save_tensors(checkpoint / "optimizer.safetensors", tensors, {});
    nlohmann::json state = base::read_json(checkpoint / "state.json");
    state["hashes"].erase("optimizer.safetensors");
    const base::MappedFile file(checkpoint / "optimizer.safetensors");
    state["hashes"]["optimizer.safetensors"] = base::hex(
        base::fnv1a({reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size()}));
    write_state(checkpoint, state);
    run("cut");
    EXPECT_NE(weights("cut"), weights("whole")) << part;
  }
  copy_until_six("cut");
  nlohmann::json state = base::read_json(checkpoint / "state.json");
  state["step"] = 5;
  write_state(checkpoint, state);
  run("cut");
  EXPECT_NE(weights("cut"), weights("whole")) << "step";
}

TEST_F(RunTest, LossesAreHeldAgainstTheirFloors) {
  config_.training.denoiser.log_every = 12;
  run("a");
  std::ifstream lines(folder_ / "a/metrics.jsonl");
  bool found = false;
  for (std::string line; std::getline(lines, line);) {
    const nlohmann::json json = nlohmann::json::parse(line);
    if (json["stage"] != "denoiser" || !json.contains("loss_over_floor")) continue;
    found = true;
    EXPECT_GT(json["loss_over_floor"], 0);
    EXPECT_FALSE(json.contains("bucket_error_0"));
    int buckets = 0;
    for (int i = 0; i < 10; ++i)
      buckets += json.contains(base::concat("x0_over_floor_", i)) ? 1 : 0;
    EXPECT_GT(buckets, 5);
  }
  EXPECT_TRUE(found);
}

TEST_F(RunTest, DeepSvgTrainsAndIsSampledFrom) {
  config_.autoencoder.architecture = "deepsvg";
  config_.autoencoder.variant = "deterministic";
  config_.denoiser.latent_scale = 0.7128;
  EXPECT_CONTAINS(message_of<base::DataError>([&] { run("a"); }), "prepare --format deepsvg");
  test::write_tiny_dataset(folder_ / "data", 10, true, icon::Grid{1});
  run("a");
  const model::ModelInfo info = model::load_info(folder_ / "a/model");
  EXPECT_EQ(info.autoencoder.architecture, "deepsvg");
  const auto denoiser = model::load_denoiser(folder_ / "a/model", info, torch::kCPU);
  EXPECT_NEAR(denoiser->standardise(torch::full({1, 1, 8}, 0.7128)).mean().item<double>(), 1, 1e-6);
}

TEST_F(RunTest, ADamagedCheckpointFallsBackToTheOneBefore) {
  run("a", "autoencoder");
  test::write(folder_ / "a/checkpoints/autoencoder/.step-00000018.77.tmp/weights.safetensors",
              "half");
  const std::string whole = test::read(folder_ / "a/model/autoencoder.safetensors");
  const fs::path newest = folder_ / "a/checkpoints/autoencoder/step-00000012/weights.safetensors";
  std::string bytes = test::read(newest);
  bytes[bytes.size() - 3] ^= 1;  // one flipped bit
  test::write(newest, bytes);
  fs::remove_all(folder_ / "a/model");
  run("a", "autoencoder");
  EXPECT_EQ(test::read(folder_ / "a/model/autoencoder.safetensors"), whole);
  EXPECT_FALSE(fs::exists(folder_ / "a/checkpoints/autoencoder/.step-00000018.77.tmp"));
  for (const char* step : {"step-00000012", "step-00000006"})
    test::write(folder_ / "a/checkpoints/autoencoder" / step / "weights.safetensors", "x");
  EXPECT_CONTAINS(message_of<base::CheckpointError>([&] { run("a", "autoencoder"); }),
                  "no checkpoint can be used");
}

TEST_F(RunTest, RefusesAnotherModelOrOtherData) {
  run("a", "autoencoder");
  config_.autoencoder.latent_width = 9;
  EXPECT_CONTAINS(message_of<base::CheckpointError>([&] { run("a", "autoencoder"); }),
                  "is of another model");
  config_.autoencoder.latent_width = 8;
  EXPECT_CONTAINS(message_of<base::UsageError>([&] { run("a", "autoencoder", "never"); }),
                  "already holds checkpoints");
  test::write_tiny_dataset(folder_ / "data", 9, true);
  EXPECT_CONTAINS(message_of<base::CheckpointError>([&] { run("a", "autoencoder"); }),
                  "is of another dataset");
}

TEST_F(RunTest, LatentsOfAnotherAutoencoderAreRefused) {
  run("a");
  config_.training.seed = 5;
  run("b", "autoencoder");
  fs::copy_file(folder_ / "a/train.latents.safetensors", folder_ / "b/train.latents.safetensors");
  EXPECT_CONTAINS(message_of<base::DataError>([&] { run("b", "denoiser"); }),
                  "another autoencoder");
}

TEST_F(RunTest, OverfitsAFewIcons) {
  config_.autoencoder.dropout = 0;
  config_.autoencoder.variant = "deterministic";
  config_.autoencoder.width = 32;
  config_.autoencoder.latent_width = 16;
  test::write_tiny_dataset(folder_ / "data", 4);
  StageConfig& stage = config_.training.autoencoder;
  stage.steps = 500;
  stage.learning_rate = 5e-3;
  stage.ema_decay = 0.9;
  stage.log_every = 100;
  stage.checkpoint_every = 0;
  run("a", "autoencoder");
  const auto lines = base::split(test::read(folder_ / "a/metrics.jsonl"), '\n');
  const nlohmann::json last = nlohmann::json::parse(lines[lines.size() - 2]);
  EXPECT_GT(last.at("train_iou").get<double>(), 0.98);
  EXPECT_EQ(last.at("train_command_accuracy").get<double>(), 1);
}

}  // namespace
}  // namespace svgfusion::training
