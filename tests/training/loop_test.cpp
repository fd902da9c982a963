// SPDX-License-Identifier: MIT
#include "svgfusion/training/loop.h"

#include "support/support.h"
#include "svgfusion/base/error.h"
#include "svgfusion/training/checkpoint.h"

namespace svgfusion::training {
namespace {

using test::message_of;
namespace fs = std::filesystem;

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

}  // namespace
}  // namespace svgfusion::training
