// SPDX-License-Identifier: MIT
// What can happen to a training run from outside. Whatever it is, the run either goes on from the
// newest whole checkpoint and ends with the same bytes, or stops and says why.
#include <csignal>
#include <set>

#include "apps/tiny_run.h"

namespace svgfusion::test {
namespace {

namespace fs = std::filesystem;

class FaultsTest : public TinyRunTest {
 protected:
  void SetUp() override {
    TinyRunTest::SetUp();
    ASSERT_EQ(train("whole").exit_code, 0);
    whole_ = weights("whole");
  }

  Result train_with_fault(const std::string& run, const std::string& fault) {
    return run_tool("svgfusion-train", train_arguments(run), ".",
                    {"LD_PRELOAD=" SVGFUSION_FAULTS_LIBRARY, "SVGFUSION_FAULT=" + fault,
                     "SVGFUSION_FAULT_FOLDER=" + at(run)});
  }

  void expect_recovers(const std::string& run, const std::string& after) {
    const Result result = train(run);
    ASSERT_EQ(result.exit_code, 0) << after << "\n" << result.err;
    EXPECT_EQ(weights(run), whole_) << after;
    for (const auto& entry : fs::recursive_directory_iterator(folder_ / run)) {
      EXPECT_FALSE(entry.path().filename().string().starts_with("."))
          << after << " left " << entry.path();
    }
  }

  // Steps of all checkpoints that have their names.
  std::set<std::string> checkpoints(const std::string& run) {
    std::set<std::string> found;
    for (const char* stage : {"autoencoder", "denoiser"}) {
      std::error_code error;
      for (const auto& entry : fs::directory_iterator(folder_ / run / "checkpoints" / stage, error))
        if (entry.path().filename().string().starts_with("step-"))
          found.insert(std::string(stage) + "/" + entry.path().filename().string());
    }
    return found;
  }

  std::string whole_;
};

// Each start is killed at a later change of a file than the one before, until one gets through.
TEST_F(FaultsTest, KilledAtAnyChangeOfAFile) {
  std::string newest;
  int kills = 0;
  for (int change = 1; change < 400; change += 1 + change / 4) {
    const Result result = train_with_fault("run", "kill:" + std::to_string(change));
    if (result.exit_code == 0) break;
    ASSERT_EQ(result.exit_code, 128 + SIGKILL) << result.err;
    ++kills;
    const std::set<std::string> now = checkpoints("run");
    ASSERT_TRUE(newest.empty() || (!now.empty() && *now.rbegin() >= newest))
        << "lost " << newest << " when killed at change " << change;
    if (!now.empty()) newest = *now.rbegin();
  }
  EXPECT_GT(kills, 8);
  expect_recovers("run", "kills");
}

// A fresh run killed once, at every change around its first checkpoint.
TEST_F(FaultsTest, KilledWhileTheFirstCheckpointIsWritten) {
  for (int change = 12; change < 40; change += 3) {
    const std::string run = "run" + std::to_string(change);
    ASSERT_EQ(train_with_fault(run, "kill:" + std::to_string(change)).exit_code, 128 + SIGKILL);
    expect_recovers(run, "a kill at change " + std::to_string(change));
    fs::remove_all(folder_ / run);
  }
}

TEST_F(FaultsTest, AFullDiskStopsClearlyAndLosesNothing) {
  for (const int change : {3, 15, 22, 31, 60, 120}) {
    const std::string run = "run" + std::to_string(change);
    const Result result = train_with_fault(run, "full:" + std::to_string(change));
    EXPECT_EQ(result.exit_code, 1) << change;
    EXPECT_CONTAINS(result.err, "No space left on device");
    EXPECT_CONTAINS(result.err, "error: " + at(run));
    expect_recovers(run, "a disk full at change " + std::to_string(change));
  }
}

TEST_F(FaultsTest, AFolderThatBecomesReadOnlyStopsClearlyAndLosesNothing) {
  for (const int change : {1, 20, 70}) {
    const std::string run = "run" + std::to_string(change);
    const Result result = train_with_fault(run, "readonly:" + std::to_string(change));
    EXPECT_EQ(result.exit_code, 1) << change;
    EXPECT_CONTAINS(result.err, "Read-only file system");
    if (change > 1) expect_recovers(run, "a read-only folder at " + std::to_string(change));
  }
}

TEST_F(FaultsTest, AClockThatJumpsChangesNothing) {
  const Result result = train_with_fault("run", "clock:0");
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(weights("run"), whole_);
}

// Cut short or with a flipped bit, in any file of it: the one before is taken.
TEST_F(FaultsTest, ADamagedCheckpointFallsBackToTheOneBefore) {
  const fs::path newest = folder_ / "whole/checkpoints/denoiser/step-00000010";
  for (const char* name : {"weights.safetensors", "optimizer.safetensors", "state.json"}) {
    const std::string bytes = read(newest / name);
    std::string flipped = bytes;
    flipped[bytes.size() / 2] ^= 4;
    for (const std::string& damaged : {bytes.substr(0, bytes.size() / 3), std::string(), flipped}) {
      write(newest / name, damaged);
      const Result result = train("whole");
      EXPECT_EQ(result.exit_code, 0) << result.err;
      EXPECT_CONTAINS(result.err, "warning: " + (newest / name).string());
      EXPECT_CONTAINS(result.err, "resumed denoiser at step 5");
      EXPECT_EQ(weights("whole"), whole_) << name;
    }
  }
}

TEST_F(FaultsTest, ADatasetThatChangesUnderARunIsNoticed) {
  write_tiny_dataset(folder_ / "data", 9);
  const Result result = train("whole");
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_CONTAINS(result.err, "is of another dataset");
}

// Cut short while the run reads it.
TEST_F(FaultsTest, ADatasetThatIsOverwrittenInPlaceDoesNotMatterToARun) {
  const std::vector<std::string> slow{"--set", "training.autoencoder.steps=400"};
  ASSERT_EQ(train("slow", slow).exit_code, 0);
  bool is_cut = false;
  const Result result = run_and_signal("svgfusion-train", train_arguments("cut", slow), 0, [&] {
    if (!is_cut && fs::exists(folder_ / "cut/checkpoints/autoencoder/step-00000005")) {
      fs::resize_file(folder_ / "data", 100);
      is_cut = true;
    }
    return false;
  });
  EXPECT_TRUE(is_cut);
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(weights("cut"), weights("slow"));
}

}  // namespace
}  // namespace svgfusion::test
