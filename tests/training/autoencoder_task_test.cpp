// SPDX-License-Identifier: MIT
#include <ATen/ATen.h>
#include <ATen/record_function.h>

#include <mutex>
#include <set>

#include "model/tiny_models.h"
#include "support/support.h"
#include "svgfusion/training/task.h"

namespace svgfusion::training {
namespace {

// The names of LibTorch's operations while it lives.
class Operations {
 public:
  Operations() {
    names().clear();
    handle_ = at::addGlobalCallback(at::RecordFunctionCallback(
        [](const at::RecordFunction& function) -> std::unique_ptr<at::ObserverContext> {
          static std::mutex mutex;
          const std::lock_guard lock(mutex);
          names().insert(function.name());
          return nullptr;
        }));
  }
  ~Operations() { at::removeCallback(handle_); }
  Operations(const Operations&) = delete;
  Operations& operator=(const Operations&) = delete;

  static std::set<std::string>& names() {
    static std::set<std::string> names;
    return names;
  }

 private:
  at::CallbackHandle handle_{};
};

class AutoencoderTaskTest : public testing::Test {
 protected:
  AutoencoderTaskTest() {
    test::write_tiny_dataset(folder_ / "data", 12);
    config_.autoencoder = model::tiny_config();
    config_.training.autoencoder.batch_size = 4;
    data_.emplace(folder_ / "data");
  }

  std::unique_ptr<Task> task(bool fixed_shapes) {
    auto model = model::tiny_model(config_.autoencoder);
    model->train();
    return make_autoencoder_task(config_, *data_, model, torch::kCPU, fixed_shapes);
  }

  test::TemporaryFolder folder_;
  ExperimentConfig config_;
  std::optional<dataset::Dataset> data_;
};

TEST_F(AutoencoderTaskTest, FixedShapesChangeNoLoss) {
  const auto plain = task(false);
  const auto fixed = task(true);
  for (std::int64_t step = 0; step < 9; ++step) {
    plain->prepare(step, {});
    fixed->prepare(step, {});
    EXPECT_FALSE(plain->is_capturable());
    EXPECT_TRUE(fixed->is_capturable());
    const StepMetrics expected = plain->loss();
    for (const auto& [name, value] : fixed->loss())
      EXPECT_NEAR(value.item<double>(), expected.at(name).item<double>(), 1e-5) << name;
  }
}

TEST_F(AutoencoderTaskTest, PartsOfFixedShapesAddUpToTheBatch) {
  const auto plain = task(false);
  const auto fixed = task(true);
  for (std::int64_t step = 0; step < 3; ++step) {
    plain->prepare(step, {});
    const StepMetrics expected = plain->loss();
    std::map<std::string, double> sums;
    for (std::int64_t part = 0; part < 3; ++part) {
      fixed->prepare(step, {part, 3});
      EXPECT_TRUE(fixed->is_capturable());
      for (const auto& [name, value] : fixed->loss()) sums[name] += value.item<double>();
    }
    for (const auto& [name, value] : expected)
      EXPECT_NEAR(sums.at(name), value.item<double>(), 1e-5) << name;
  }
}

// These make the host wait for a GPU, which a graph cannot record.
TEST_F(AutoencoderTaskTest, StepsOfFixedShapesWaitForNothing) {
  const std::set<std::string> waits{"aten::item", "aten::_local_scalar_dense", "aten::nonzero",
                                    "aten::masked_select", "aten::is_nonzero"};
  const auto found = [&](Task& task) {
    task.prepare(1, {});
    const Operations operations;
    task.loss().at("loss").backward();
    std::set<std::string> out;
    for (const std::string& name : operations.names())
      if (waits.contains(name)) out.insert(name);
    EXPECT_GT(operations.names().size(), 10U);
    return out;
  };
  EXPECT_FALSE(found(*task(false)).empty()) << "an ordinary step looks for cubics";
  for (const char* variant : {"deterministic", "noise", "vae"}) {
    for (const double dropout : {0.0, 0.1}) {
      config_.autoencoder = model::tiny_config(variant);
      config_.autoencoder.dropout = dropout;
      EXPECT_EQ(found(*task(true)), std::set<std::string>{}) << variant;
    }
  }
}

// What a graph would go on replaying must not change: the share of the KL loss grows at first.
TEST_F(AutoencoderTaskTest, StepsOfAGrowingShareAreNotCapturable) {
  config_.autoencoder = model::tiny_config("vae");
  config_.autoencoder.kl_warmup_steps = 10;
  const auto fixed = task(true);
  fixed->prepare(9, {});
  EXPECT_FALSE(fixed->is_capturable());
  fixed->prepare(10, {});
  EXPECT_TRUE(fixed->is_capturable());
}

// The draws of dropout depend on the step alone, not on what ran before.
TEST_F(AutoencoderTaskTest, DropoutIsThatOfTheStep) {
  config_.autoencoder.dropout = 0.3;
  const auto fixed = task(true);
  const auto loss = [&](std::int64_t step) {
    fixed->prepare(step, {});
    return fixed->loss().at("loss").item<double>();
  };
  const double at_two = loss(2);
  EXPECT_NE(loss(5), at_two);
  EXPECT_EQ(loss(2), at_two);
  const auto batch_of_step_2 = fixed->loss().at("loss").item<double>();
  EXPECT_EQ(batch_of_step_2, at_two) << "and not on how often the loss was asked for";
}

}  // namespace
}  // namespace svgfusion::training
