// SPDX-License-Identifier: MIT
// One fuzz program for all targets; the environment variable SVGFUSION_FUZZ names the target.
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>

#include "targets.h"

namespace {

const svgfusion::fuzz::Target* chosen = nullptr;

}  // namespace

extern "C" int LLVMFuzzerInitialize(int* /*argc*/, char*** /*argv*/) {
  const char* name = std::getenv("SVGFUSION_FUZZ");
  for (const svgfusion::fuzz::Target& target : svgfusion::fuzz::targets()) {
    if (name != nullptr && std::string(name) == target.name) chosen = &target;
  }
  if (chosen == nullptr) {
    std::cerr << "fuzz: set SVGFUSION_FUZZ to one of:";
    for (const auto& target : svgfusion::fuzz::targets()) std::cerr << ' ' << target.name;
    std::cerr << '\n';
    std::exit(2);
  }
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  chosen->run({reinterpret_cast<const char*>(data), size});
  return 0;
}
