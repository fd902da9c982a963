// SPDX-License-Identifier: MIT
// Several processes of this program on one machine, without a launcher.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace svgfusion::training {

// Starts this program `count` times with `arguments` (without its name) and torchrun's variables in
// the environment, and waits for all. A signal to stop is passed on; when one process fails the
// others are stopped. Throws InterruptedError after a signal, Error when one has failed.
void run_processes(std::int64_t count, const std::vector<std::string>& arguments);

}  // namespace svgfusion::training
