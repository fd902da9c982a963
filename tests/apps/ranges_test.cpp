// SPDX-License-Identifier: MIT
// The ranges of a step as a profiler sees them; only in builds with NVTX.
#ifdef SVGFUSION_NVTX_LISTENER
#include <map>
#include <sstream>

#include "tiny_run.h"

namespace svgfusion::test {
namespace {

using RangesTest = TinyRunTest;

TEST_F(RangesTest, AProfilerSeesTheNamedPartsOfEveryStep) {
  const std::string seen = at("ranges");
  const Result result =
      run_tool("svgfusion-train", train_arguments("run"), ".",
               {"NVTX_INJECTION64_PATH=" SVGFUSION_NVTX_LISTENER, "SVGFUSION_NVTX_OUTPUT=" + seen});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  std::map<std::string, int> counts;
  int depth = 0;
  std::istringstream lines(read(seen));
  for (std::string line; std::getline(lines, line);) {
    ++counts[line];
    depth += line == "-" ? -1 : 1;
    ASSERT_GE(depth, 0);
  }
  EXPECT_EQ(depth, 0);
  for (const char* part : {"+forward", "+backward", "+optimizer"})
    EXPECT_EQ(counts[part], 30 + 10) << part;  // steps of both stages
  EXPECT_EQ(counts["+checkpoint"], 30 / 5 + 10 / 5);
}

}  // namespace
}  // namespace svgfusion::test
#endif
