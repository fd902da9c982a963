// SPDX-License-Identifier: MIT
// Several processes train what one trains.
#include <cmath>
#include <csignal>
#include <map>
#include <thread>

#include <nlohmann/json.hpp>

#include "apps/tiny_run.h"
#include "svgfusion/base/safetensors.h"
#include "svgfusion/base/text.h"

namespace svgfusion::test {
namespace {

namespace fs = std::filesystem;

class ProcessesTest : public TinyRunTest {
 protected:
  void SetUp() override { write_tiny_dataset(folder_ / "data", 10); }

  // Fifty steps of both stages, without the random numbers that a model draws itself.
  Result train_fifty(const std::string& run, const std::vector<std::string>& more) {
    std::vector<std::string> arguments = more;
    for (const char* setting :
         {"autoencoder.dropout=0", "autoencoder.variant=deterministic",
          "training.autoencoder.steps=50", "training.denoiser.steps=50",
          "training.autoencoder.batch_size=8", "training.denoiser.batch_size=8"}) {
      arguments.insert(arguments.end(), {"--set", setting});
    }
    return train(run, arguments);
  }

  double largest_difference(const fs::path& file, const fs::path& other) {
    const base::SafetensorsFile a(folder_ / file), b(folder_ / other);
    double largest = 0;
    for (const auto& [name, view] : a.tensors()) {
      if (view.dtype != base::DType::kF32) continue;
      const std::vector<std::int64_t> any(view.shape.size(), -1);
      const auto x = a.array<float>(name, any);
      const auto y = b.array<float>(name, any);
      for (std::size_t i = 0; i < x.size(); ++i)
        largest = std::max(largest, std::fabs(static_cast<double>(x[i]) - y[i]));
    }
    return largest;
  }

  std::map<std::string, double> last_losses(const std::string& run) {
    std::map<std::string, double> out;
    for (const std::string& line : base::split(read(folder_ / run / "metrics.jsonl"), '\n')) {
      const auto json = nlohmann::json::parse(line, nullptr, false);
      if (!json.is_object() || !json.contains("loss")) continue;
      for (const char* key : {"loss", "gradient_norm", "loss_over_floor", "argument"})
        if (json.contains(key))
          out[json["stage"].get<std::string>() + " " + key] = json[key].get<double>();
    }
    return out;
  }
};

TEST_F(ProcessesTest, TwoAndFourAndPartsOfABatchEndAsOne) {
  ASSERT_EQ(train_fifty("one", {}).exit_code, 0);
  const std::map<std::string, std::vector<std::string>> ways{
      {"two", {"--processes", "2"}},
      {"four", {"--processes", "4"}},
      {"parts",
       {"--set", "training.autoencoder.accumulate=3", "--set", "training.denoiser.accumulate=3"}}};
  for (const auto& [run, how] : ways) {
    for (const char* stage : {"autoencoder", "denoiser"}) {
      if (stage == std::string("denoiser")) {
        // From the same latents: those of so few icons hardly vary, and standardising them would
        // blow up what differs after the first stage.
        fs::remove_all(folder_ / run / "model");
        fs::copy(folder_ / "one/model", folder_ / run / "model", fs::copy_options::recursive);
        fs::copy(folder_ / "one/train.latents.safetensors",
                 folder_ / run / "train.latents.safetensors");
      }
      std::vector<std::string> arguments = how;
      arguments.insert(arguments.end(), {"--stage", stage});
      const Result result = train_fifty(run, arguments);
      ASSERT_EQ(result.exit_code, 0) << result.err;
      const std::string file =
          std::string("checkpoints/") + stage + "/step-00000050/weights.safetensors";
      EXPECT_LE(largest_difference("one/" + file, run + "/" + file), 1e-6) << run << " " << stage;
    }
    const auto expected = last_losses("one");
    EXPECT_EQ(expected.size(), 6U);
    for (const auto& [name, value] : last_losses(run))
      EXPECT_NEAR(value, expected.at(name), 1e-5 * std::fabs(value)) << run << " " << name;
  }
}

// Stopped with two processes, gone on with three, then with one.
TEST_F(ProcessesTest, StopTogetherAndGoOnWithAnotherNumber) {
  const std::vector<std::string> slow{"--processes", "2",
                                      "--set",       "training.autoencoder.steps=100000",
                                      "--set",       "training.autoencoder.checkpoint_every=0"};
  const auto started = [&] { return fs::exists(folder_ / "run/metrics.jsonl"); };
  const Result stopped =
      run_and_signal("svgfusion-train", train_arguments("run", slow), SIGTERM, started);
  EXPECT_EQ(stopped.exit_code, 143) << stopped.err;
  EXPECT_CONTAINS(stopped.err, "the state is saved");
  const auto newest = [&] {
    std::string found;
    for (const auto& entry : fs::directory_iterator(folder_ / "run/checkpoints/autoencoder"))
      found = std::max(found, entry.path().filename().string());
    return std::stoll(found.substr(5));
  };
  const std::int64_t step = newest();
  EXPECT_GT(step, 0);
  const Result more = train("run", {"--processes", "3", "--stage", "autoencoder", "--set",
                                    "training.autoencoder.steps=" + std::to_string(step + 20)});
  EXPECT_EQ(more.exit_code, 0) << more.err;
  EXPECT_CONTAINS(more.err, "resumed autoencoder at step " + std::to_string(step));
  EXPECT_EQ(newest(), step + 20);
  EXPECT_EQ(
      train("run", {"--set", "training.autoencoder.steps=" + std::to_string(step + 20)}).exit_code,
      0);
}

TEST_F(ProcessesTest, OneThatFailsStopsAll) {
  write(folder_ / "data", "no dataset");
  const Result result = train("run", {"--processes", "2"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_CONTAINS(result.err, "of 2 failed with exit code 1");
  EXPECT_CONTAINS(result.err, "safetensors");
}

// As mpirun and srun start them: by variables in the environment.
TEST_F(ProcessesTest, MeetByTheVariablesOfALauncher) {
  Result results[2];
  std::vector<std::thread> threads;
  for (int rank = 0; rank < 2; ++rank) {
    threads.emplace_back([&, rank] {
      const std::string text = std::to_string(rank);
      results[rank] = run_tool("svgfusion-train", train_arguments("run"), ".",
                               {"OMPI_COMM_WORLD_RANK=" + text, "OMPI_COMM_WORLD_SIZE=2",
                                "OMPI_COMM_WORLD_LOCAL_RANK=" + text, "MASTER_PORT=29713"});
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(results[0].exit_code, 0) << results[0].err;
  EXPECT_EQ(results[1].exit_code, 0) << results[1].err;
  EXPECT_CONTAINS(results[0].err, "process 0 of 2 (Open MPI)");
  EXPECT_EQ(results[1].err, "");  // the first speaks for all
  EXPECT_TRUE(fs::exists(folder_ / "run/model/denoiser.safetensors"));
  const Result wrong = run_tool("svgfusion-train", train_arguments("other"), ".",
                                {"OMPI_COMM_WORLD_RANK=2", "OMPI_COMM_WORLD_SIZE=2"});
  EXPECT_EQ(wrong.exit_code, 2);
  EXPECT_CONTAINS(wrong.err, "OMPI_COMM_WORLD_RANK is '2'");
}

}  // namespace
}  // namespace svgfusion::test
