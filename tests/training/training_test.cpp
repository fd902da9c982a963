// SPDX-License-Identifier: MIT
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "support/support.h"
#include "svgfusion/base/error.h"
#include "svgfusion/base/files.h"
#include "svgfusion/base/json.h"
#include "svgfusion/base/random.h"
#include "svgfusion/training/batches.h"
#include "svgfusion/training/checkpoint.h"
#include "svgfusion/training/learning_rate.h"
#include "svgfusion/training/loop.h"
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

TEST(LearningRate, Table) {
  StageConfig stage;
  stage.steps = 111;
  stage.learning_rate = 2;
  stage.warmup_steps = 10;
  stage.final_rate = 0.1;
  EXPECT_NEAR(learning_rate(stage, 0), 2.0 / 11, 1e-12);
  EXPECT_NEAR(learning_rate(stage, 9), 20.0 / 11, 1e-12);
  EXPECT_NEAR(learning_rate(stage, 10), 2, 1e-12);
  EXPECT_NEAR(learning_rate(stage, 60), 2 * 0.55, 1e-12);
  EXPECT_NEAR(learning_rate(stage, 110), 0.2, 1e-12);
  stage.schedule = "constant";
  EXPECT_EQ(learning_rate(stage, 110), 2);
  stage.schedule = "step";
  stage.step_every = 50;
  stage.step_factor = 0.5;
  EXPECT_EQ(learning_rate(stage, 49), 2);
  EXPECT_EQ(learning_rate(stage, 50), 1);
  EXPECT_EQ(learning_rate(stage, 110), 0.5);
  stage.schedule = "deepsvg";  // from 0, and twice as fast once warm: 10 + 2 · 20 = 50 at step 30
  EXPECT_EQ(learning_rate(stage, 0), 0);
  EXPECT_EQ(learning_rate(stage, 5), 1);
  EXPECT_EQ(learning_rate(stage, 29), 2);
  EXPECT_EQ(learning_rate(stage, 30), 1);
  EXPECT_EQ(learning_rate(stage, 55), 0.5);
  EXPECT_NEAR(ema_decay(stage, 0), 0.1, 1e-12);
  EXPECT_EQ(ema_decay(stage, 1000000), stage.ema_decay);
  stage.schedule = "constant";
  stage.batch_size = 4096;
  stage.base_batch = 1024;
  for (const auto& [rule, rate] : {std::pair{"none", 2.0}, {"linear", 8.0}, {"sqrt", 4.0}}) {
    stage.rate_rule = rule;
    EXPECT_EQ(learning_rate(stage, 50), rate) << rule;
  }
}

TEST(LearningRate, FallsOnAPlateau) {
  StageConfig stage;
  stage.plateau_patience = 2;
  stage.step_factor = 0.1;
  Plateau state;
  for (const double loss : {1.0, 0.5, 0.49999, 0.6}) state = observe(state, loss, stage);
  EXPECT_EQ(state.best, 0.5);  // 0.002 % less is no fall
  EXPECT_EQ(state.bad_lines, 2);
  EXPECT_EQ(state.factor, 1);
  state = observe(state, 0.5, stage);
  EXPECT_NEAR(state.factor, 0.1, 1e-15);
  EXPECT_EQ(state.bad_lines, 0);
  state = observe(state, 0.4, stage);
  EXPECT_EQ(state.best, 0.4);
}

TEST(Batches, EveryEpochIsAPermutation) {
  EpochOrder epochs(3, 10, torch::kCPU);
  std::vector<std::int64_t> drawn;
  for (std::int64_t step = 0; step < 10; ++step) {
    for (const std::int64_t i : epochs.host(step, 7, {})) drawn.push_back(i);
  }
  ASSERT_EQ(drawn.size(), 70U);
  std::set<std::vector<std::int64_t>> orders;
  for (std::size_t epoch = 0; epoch < 7; ++epoch) {
    const std::vector<std::int64_t> order(
        drawn.begin() + static_cast<std::ptrdiff_t>(10 * epoch),
        drawn.begin() + static_cast<std::ptrdiff_t>(10 * epoch + 10));
    EXPECT_EQ(std::set<std::int64_t>(order.begin(), order.end()).size(), 10U);
    orders.insert(order);
  }
  EXPECT_EQ(orders.size(), 7U);
  EpochOrder another(4, 10, torch::kCPU);
  const std::vector<std::int64_t> batch =
      epochs.host(4, 7, {});  // back again, across an epoch's end
  EXPECT_EQ(batch, EpochOrder(3, 10, torch::kCPU).host(4, 7, {}));
  EXPECT_NE(batch, another.host(4, 7, {}));
  EXPECT_TRUE(epochs.on_device(4, 7, {}).equal(torch::tensor(batch, torch::kLong)));
}

TEST(Batches, PartsAreTheBatchInOrder) {
  EpochOrder order(5, 10, torch::kCPU);
  for (const std::int64_t count : {1, 2, 3, 7, 9}) {
    std::vector<std::int64_t> joined;
    for (std::int64_t index = 0; index < count; ++index) {
      const Part part{index, count};
      const std::vector<std::int64_t> icons = order.host(2, 7, part);
      EXPECT_TRUE(order.on_device(2, 7, part).equal(torch::tensor(icons, torch::kLong)));
      EXPECT_LE(static_cast<std::int64_t>(icons.size()), (7 + count - 1) / count);
      joined.insert(joined.end(), icons.begin(), icons.end());
    }
    EXPECT_EQ(joined, order.host(2, 7, {})) << count << " parts";
  }
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

// A stage whose loss is not a number from some step on.
class DivergingTask : public Task {
 public:
  explicit DivergingTask(std::int64_t from) : layer_(2, 2), from_(from) {
    stage_.steps = 40;
    stage_.warmup_steps = 1;
    stage_.log_every = 4;
    stage_.checkpoint_every = 4;
    stage_.max_skipped_steps = 3;
  }
  std::string name() const override { return "test"; }
  torch::nn::Module& module() override { return *layer_; }
  const StageConfig& stage() const override { return stage_; }
  torch::Device device() const override { return torch::kCPU; }
  std::string data_fingerprint() const override { return "none"; }
  void prepare(std::int64_t step, const Part&) override { step_ = step; }
  StepMetrics loss() override {
    return {{"loss", layer_->weight.square().sum() * (step_ >= from_ ? NAN : 1.0)}};
  }
  Metrics validate() override { return {}; }
  void preview(const fs::path&) override {}

 private:
  torch::nn::Linear layer_;
  std::int64_t from_;
  std::int64_t step_ = 0;
  StageConfig stage_;
};

TEST(Loop, DivergenceStopsBeforeAnythingIsSaved) {
  const test::TemporaryFolder folder;
  DivergingTask task(10);
  const std::string message = message_of<base::DivergenceError>([&] {
    train_stage(task, {folder.path(), {}, false}, *make_communicator({}, torch::kCPU));
  });
  EXPECT_CONTAINS(message, "test diverged by step 12: loss nan");
  EXPECT_CONTAINS(message, "training.test.learning_rate");
  const auto checkpoints = list_checkpoints(folder / "checkpoints/test");
  ASSERT_FALSE(checkpoints.empty());
  EXPECT_EQ(checkpoints[0].filename(), "step-00000008");
  const base::SafetensorsFile file(checkpoints[0] / "weights.safetensors");
  for (const auto& [name, view] : file.tensors())
    EXPECT_TRUE(torch::isfinite(model::to_tensor(view)).all().item<bool>()) << name;
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
