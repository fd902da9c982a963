// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

namespace svgfusion::test {

struct HostileFile {
  std::string name;
  std::string content;
  std::string reason;  // part of why the icon is skipped; empty: it may be kept or not
};

const std::vector<HostileFile>& hostile_files();

}  // namespace svgfusion::test
