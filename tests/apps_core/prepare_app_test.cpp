// SPDX-License-Identifier: MIT
// svgfusion-prepare as a process: exit codes, streams, messages, the bundled icons.
#include <nlohmann/json.hpp>

#include "support/process.h"
#include "support/support.h"
#include "svgfusion/base/json.h"

namespace svgfusion::test {
namespace {

const char* const kTool = "svgfusion-prepare";

TEST(PrepareApp, HelpIsDataAndHasAnExample) {
  const Result result = run_tool(kTool, {"--help"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(result.err, "");
  for (const char* part : {"--input", "--output", "default:", "Example:"})
    EXPECT_CONTAINS(result.out, part);
}

TEST(PrepareApp, WrongCommandsExitWithTwo) {
  const TemporaryFolder folder;
  struct Row {
    std::vector<std::string> arguments;
    const char* expected;
  };
  for (const Row& row : std::vector<Row>{
           {{}, "--input is missing"},
           {{"--input", "x"}, "nothing to do"},
           {{"--inptu", "x"}, "inptu"},
           {{"--input", "x", "stray"}, "unexpected argument 'stray'"},
           {{"--input", "x", "--output", "y", "--limit", "-3"}, "--limit is -3; expected 0 to"},
           {{"--input", "x", "--output", "y", "--limit", "many"}, "many"},
           {{"--input", "x", "--output", "y", "--split", "familly"}, "did you mean 'family'"},
           {{"--input", "x", "--output", "y", "--set", "data.simplify.tolernce=1"},
            "did you mean 'tolerance'"},
           {{"--input", "x", "--output", "y", "--set", "data.limits.max_contours=0"},
            "data.limits.max_contours is 0"},
           {{"--input", "x", "--output", "y", "--set", "data.grid_bits=11"},
            "data.grid_bits is 11"},
           {{"--input", "x", "--output", "y", "--format", "deepsvg", "--set", "data.grid_bits=9"},
            "leave grid_bits out"},
           {{"--input", "x", "--output", "y", "--config", "/none.json"}, "/none.json"}}) {
    const Result result = run_tool(kTool, row.arguments);
    EXPECT_EQ(result.exit_code, 2) << row.expected;
    EXPECT_EQ(result.out, "");
    EXPECT_CONTAINS(result.err, row.expected);
    EXPECT_CONTAINS(result.err, "error: ");
  }
}

TEST(PrepareApp, FailedWorkExitsWithOneAndWritesNothing) {
  const TemporaryFolder folder;
  write(folder / "bad.svg", "<svg><path d='M0");
  const std::string output = (folder / "out").string();
  const auto fails = [&](const std::vector<std::string>& arguments, const char* expected) {
    const Result result = run_tool(kTool, arguments);
    EXPECT_EQ(result.exit_code, 1) << expected;
    EXPECT_CONTAINS(result.err, expected);
    EXPECT_FALSE(std::filesystem::exists(output));
  };
  fails({"--input", (folder / "none").string(), "--output", output}, "does not exist");
  fails({"--input", (folder / "bad.svg").string(), "--output", output}, "could be kept");
  fails({"--input", (folder / "bad.svg").string(), "--output", output, "--strict"}, "--strict");
  fails({"--input", source_path("data/icons/svg").string(), "--output",
         (folder / "no/such/out").string()},
        "cannot be created");
}

TEST(PrepareApp, KeepsEveryBundledIcon) {
  const TemporaryFolder folder;
  const Result result =
      run_tool(kTool, {"--input", source_path("data/icons/manifest.tsv").string(), "--output",
                       (folder / "d").string(), "--report", (folder / "r.json").string(), "--set",
                       "data.duplicates=keep"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.out, "");
  const nlohmann::json report = base::read_json(folder / "r.json");
  EXPECT_EQ(report["read"], 384);
  EXPECT_EQ(report["kept"], 384);
  const dataset::Dataset data(folder / "d");
  EXPECT_EQ(data.label_count(), 24);
  std::int64_t strokes = 0;
  for (std::int64_t i = 0; i < data.size(); ++i) {
    const icon::Icon icon = data.icon(i);
    strokes += icon.styles[icon.contours[0].style].kind == icon::Style::Kind::kStroke ? 1 : 0;
  }
  EXPECT_EQ(strokes, 96);
}

TEST(PrepareApp, QuietSaysNothing) {
  const TemporaryFolder folder;
  const Result result = run_tool(
      kTool, {"--quiet", "--input", source_path("data/icons/svg/mdi__arrow-up.svg").string(),
              "--output", (folder / "d").string()});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(result.err, "");
}

}  // namespace
}  // namespace svgfusion::test
