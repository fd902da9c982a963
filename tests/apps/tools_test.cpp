// SPDX-License-Identifier: MIT
// Every tool as a process, one after the other as a user would run them, and what they do with bad
// input, signals and kill -9.
#include <algorithm>
#include <csignal>

#include <nlohmann/json.hpp>

#include "apps/tiny_run.h"
#include "svgfusion/base/json.h"

namespace svgfusion::test {
namespace {

namespace fs = std::filesystem;

using ToolsTest = TinyRunTest;

TEST_F(ToolsTest, TheWholeWay) {
  const Result trained = train("run");
  ASSERT_EQ(trained.exit_code, 0) << trained.err;
  EXPECT_EQ(trained.out, "");
  const std::string model = at("run/model");
  const Result encoded = run_tool("svgfusion-encode", {"--model", model, "--data", at("data"),
                                                       "--output", at("l"), "--device", "cpu"});
  EXPECT_EQ(encoded.exit_code, 0) << encoded.err;
  const Result decoded = run_tool(
      "svgfusion-decode", {"--model", model, "--latents", at("l"), "--output", at("decoded"),
                           "--sheet", at("decoded.png"), "--device", "cpu"});
  EXPECT_EQ(decoded.exit_code, 0) << decoded.err;
  EXPECT_TRUE(fs::exists(folder_ / "decoded/left/0003.svg"));
  const Result sampled = run_tool(
      "svgfusion-sample", {"--model", model, "--output", at("s"), "--label", "left", "--label", "1",
                           "--count", "2", "--sheet", at("s.png"), "--device", "cpu"});
  EXPECT_EQ(sampled.exit_code, 0) << sampled.err;
  EXPECT_TRUE(fs::exists(folder_ / "s/right/0001.svg"));
  const Result evaluated = run_tool("svgfusion-eval", {"--model", model, "--data", at("data"),
                                                       "--count", "2", "--device", "cpu"});
  EXPECT_EQ(evaluated.exit_code, 0) << evaluated.err;
  const nlohmann::json report =
      base::parse_json(evaluated.out, "stdout");  // data on stdout, nothing else
  EXPECT_EQ(report["samples"]["count"], 4);
  EXPECT_EQ(report["reconstruction"]["icons"], 8);
  EXPECT_GE(report["reconstruction"]["iou_mean"], 0);  // 30 steps teach nothing yet
  EXPECT_LE(report["reconstruction"]["iou_mean"], 1);
}

TEST_F(ToolsTest, PicturesOfTheWayAndRandomLatents) {
  ASSERT_EQ(train("run").exit_code, 0);
  const std::string model = at("run/model");
  const Result sampled =
      run_tool("svgfusion-sample",
               {"--model", model, "--output", at("s"), "--label", "left", "--count", "1", "--steps",
                "9", "--strip", at("strip.png"), "--animation", at("way.svg"), "--device", "cpu"});
  EXPECT_EQ(sampled.exit_code, 0) << sampled.err;
  EXPECT_GT(fs::file_size(folder_ / "strip.png"), 500U);
  const std::string animation = read(folder_ / "way.svg");
  std::size_t frames = 0;
  for (std::size_t i = animation.find("<animate "); i != std::string::npos;
       i = animation.find("<animate ", i + 1))
    ++frames;
  EXPECT_EQ(frames, 10U);  // nine steps and the result
  const Result noisy = run_tool(
      "svgfusion-sample", {"--model", model, "--output", at("noisy"), "--random-latents", "--count",
                           "3", "--output-latents", at("z"), "--device", "cpu"});
  EXPECT_EQ(noisy.exit_code, 0) << noisy.err;
  EXPECT_TRUE(fs::exists(folder_ / "noisy/random/0002.svg"));
  const Result both = run_tool("svgfusion-sample", {"--model", model, "--output", at("x"),
                                                    "--random-latents", "--strip", at("y.png")});
  EXPECT_EQ(both.exit_code, 2);
  EXPECT_CONTAINS(both.err, "--random-latents asks no denoiser");
  const Result spaced =
      run_tool("svgfusion-sample", {"--model", model, "--output", at("x"), "--spacing", "ddim50"});
  EXPECT_EQ(spaced.exit_code, 2);
  EXPECT_CONTAINS(spaced.err, "the path takes steps");
}

TEST_F(ToolsTest, FloorsWithAndWithoutAModel) {
  ASSERT_EQ(train("run").exit_code, 0);
  const std::string latents = at("run/train.latents.safetensors");
  const auto floor = [&](std::vector<std::string> more) {
    std::vector<std::string> all{"--floor", "--latents", latents, "--draws",
                                 "600",     "--device",  "cpu"};
    all.insert(all.end(), more.begin(), more.end());
    const Result result = run_tool("svgfusion-eval", all);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return base::parse_json(result.out, "stdout");
  };
  const nlohmann::json with = floor({"--model", at("run/model")});
  EXPECT_EQ(with["schedule"], "path");
  EXPECT_EQ(with["count"], 8);
  EXPECT_EQ(with["gaussian"]["x0_error_by_time"].size(), 10U);
  EXPECT_GT(with["empirical"]["loss_standard_error"], 0);
  // What has been learned in ten steps is far above what could be known.
  EXPECT_GT(with["denoiser"]["loss_over_empirical"], 1);
  const nlohmann::json without =
      floor({"--set", "diffusion.schedule=cosine", "--set", "diffusion.loss_weight=noise", "--set",
             "diffusion.prediction=noise"});
  EXPECT_EQ(without["schedule"], "cosine");
  EXPECT_FALSE(without.contains("denoiser"));
  EXPECT_GT(without["gaussian"]["loss"], 0);
  const Result missing = run_tool("svgfusion-eval", {"--floor"});
  EXPECT_EQ(missing.exit_code, 2);
  EXPECT_CONTAINS(missing.err, "--latents is missing");
}

TEST_F(ToolsTest, SchedulesArePrinted) {
  const Result printed = train("run", {"--print-schedule", "--set", "diffusion.schedule=linear"});
  EXPECT_EQ(printed.exit_code, 0) << printed.err;
  EXPECT_CONTAINS(printed.out, "time\tbeta\talpha_bar");
  EXPECT_EQ(std::count(printed.out.begin(), printed.out.end(), '\n'), 1001);
  EXPECT_FALSE(fs::exists(folder_ / "run"));
}

TEST_F(ToolsTest, ConfigurationIsPrintedResolved) {
  const Result dumped = train("run", {"--dump-config", "--set", "training.seed=7"});
  EXPECT_EQ(dumped.exit_code, 0);
  EXPECT_EQ(base::parse_json(dumped.out, "stdout")["training"]["seed"], 7);
  const Result documented = train("run", {"--document-config"});
  EXPECT_CONTAINS(documented.out, "training.autoencoder.learning_rate = 0.001");
  EXPECT_FALSE(fs::exists(folder_ / "run"));
}

TEST_F(ToolsTest, WrongRequestsExitWithTwo) {
  struct Row {
    std::string tool;
    std::vector<std::string> arguments;
    const char* expected;
  };
  for (const Row& row :
       std::vector<Row>{{"svgfusion-train", {}, "--run is missing"},
                        {"svgfusion-train",
                         {"--run", at("r"), "--stage", "autoencodr"},
                         "did you mean 'autoencoder'"},
                        {"svgfusion-train", {"--run", at("r")}, "data.dataset is not set"},
                        {"svgfusion-train",
                         {"--run", at("r"), "--set", "training.steps=5"},
                         "unknown key 'training.steps'"},
                        {"svgfusion-train",
                         {"--run", at("r"), "--set", "data.dataset=x", "--device", "cuda:77x"},
                         "expected auto, cpu"},
                        {"svgfusion-sample",
                         {"--model", at("none"), "--output", at("s"), "--sampler", "dddim"},
                         "did you mean"},
                        {"svgfusion-sample",
                         {"--model", at("none"), "--output", at("s"), "--count", "0"},
                         "--count is 0"},
                        {"svgfusion-encode", {}, "--model is missing"},
                        {"svgfusion-decode", {"--model", "x"}, "--latents is missing"},
                        {"svgfusion-eval", {"--model", "x"}, "--data is missing"}}) {
    const Result result = run_tool(row.tool, row.arguments);
    EXPECT_EQ(result.exit_code, 2) << row.tool << row.expected;
    EXPECT_CONTAINS(result.err, row.expected);
    EXPECT_EQ(result.out, "");
  }
}

TEST_F(ToolsTest, BadFilesExitWithOne) {
  ASSERT_EQ(train("run").exit_code, 0);
  const std::string model = at("run/model");
  write(folder_ / "empty", "");
  write(folder_ / "text", "this is not a safetensors file at all");
  const std::string bytes = read(folder_ / "data");
  write(folder_ / "cut", bytes.substr(0, bytes.size() / 2));
  struct Row {
    std::string tool;
    std::vector<std::string> arguments;
    const char* expected;
    int code = 1;
  };
  for (const Row& row : std::vector<Row>{
           {"svgfusion-encode",
            {"--model", model, "--data", at("none"), "--output", at("o")},
            "none: cannot be opened"},
           {"svgfusion-encode",
            {"--model", model, "--data", at("empty"), "--output", at("o")},
            "too few"},
           {"svgfusion-encode",
            {"--model", model, "--data", at("text"), "--output", at("o")},
            "not a safetensors file"},
           {"svgfusion-encode",
            {"--model", model, "--data", at("cut"), "--output", at("o")},
            "cut short"},
           {"svgfusion-encode",
            {"--model", at("none"), "--data", at("data"), "--output", at("o")},
            "is no model directory"},
           {"svgfusion-encode",
            {"--model", model, "--data", at("data"), "--output", at("no/o")},
            "cannot be created"},
           {"svgfusion-decode",
            {"--model", model, "--latents", at("data"), "--output", at("o")},
            "svgfusion_latents"},
           {"svgfusion-sample", {"--model", model, "--output", at("text/o")}, "cannot be created"},
           {"svgfusion-sample",
            {"--model", model, "--output", at("o"), "--label", "lefft"},
            "did you mean 'left'",
            2},
           {"svgfusion-sample", {"--model", model}, "nothing to do", 2},
           {"svgfusion-sample",
            {"--model", model, "--output", at("o"), "--sampler", "ddpm"},
            "ddpm sampler needs",
            2},
           {"svgfusion-sample",
            {"--model", model, "--output", at("o"), "--noise", at("text")},
            "not a safetensors file"},
           {"svgfusion-eval", {"--model", model, "--data", at("cut")}, "cut short"}}) {
    const Result result = run_tool(row.tool, row.arguments);
    EXPECT_EQ(result.exit_code, row.code) << row.tool << " " << row.expected << "\n" << result.err;
    EXPECT_CONTAINS(result.err, row.expected);
    EXPECT_FALSE(fs::exists(folder_ / "o")) << row.expected;
  }
  EXPECT_EQ(train("run", {"--set", "autoencoder.width=32"}).exit_code, 1);
}

TEST_F(ToolsTest, TermSavesAndStopsWith143AndTheSameCommandGoesOn) {
  ASSERT_EQ(train("whole").exit_code, 0);
  const std::vector<std::string> slow{"--set", "training.autoencoder.steps=100000", "--set",
                                      "training.autoencoder.checkpoint_every=0"};
  const auto started = [&] { return fs::exists(folder_ / "run/metrics.jsonl"); };
  const Result stopped =
      run_and_signal("svgfusion-train", train_arguments("run", slow), SIGTERM, started);
  EXPECT_EQ(stopped.exit_code, 143) << stopped.err;
  EXPECT_CONTAINS(stopped.err, "the state is saved");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_ / "run/checkpoints/autoencoder"),
                          fs::directory_iterator()),
            1);
}

// Killed at any moment, the same command goes on from the newest whole checkpoint and ends with the
// same bytes as an undisturbed run.
TEST_F(ToolsTest, KillNineThenResumeIsBitExact) {
  ASSERT_EQ(train("whole").exit_code, 0);
  const std::string whole = weights("whole");
  const char* const moments[] = {"checkpoints/autoencoder/step-00000005",
                                 "checkpoints/autoencoder/step-00000020",
                                 "model/autoencoder.safetensors"};
  for (const char* moment : moments) {
    fs::remove_all(folder_ / "cut");
    run_and_signal("svgfusion-train", train_arguments("cut"), SIGKILL,
                   [&] { return fs::exists(folder_ / "cut" / moment); });
    const Result resumed = train("cut");
    ASSERT_EQ(resumed.exit_code, 0) << resumed.err;
    EXPECT_CONTAINS(resumed.err, "resumed");
    EXPECT_EQ(weights("cut"), whole) << moment;
  }
}

}  // namespace
}  // namespace svgfusion::test
