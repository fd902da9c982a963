// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace svgfusion::test {

struct Result {
  int exit_code = -1;  // 128 + n when a signal ended it
  std::string out;
  std::string err;
};

// Runs a tool of this build, "svgfusion-prepare" and the like, in `folder`, with more variables
// (NAME=VALUE) in its environment.
Result run_tool(const std::string& tool, const std::vector<std::string>& arguments,
                const std::string& folder = ".", const std::vector<std::string>& variables = {});

// Starts it, waits until `ready` says so (asked every 20 ms, for two minutes at most), sends
// `signal` (0: none) and waits for the end.
Result run_and_signal(const std::string& tool, const std::vector<std::string>& arguments,
                      int signal, const std::function<bool()>& ready);

}  // namespace svgfusion::test
