// SPDX-License-Identifier: MIT
// Which process of a run this is, by what the common launchers put into the environment: torchrun,
// SLURM, Open MPI, MPICH and those like it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace svgfusion::training {

struct Launch {
  std::int64_t rank = 0;
  std::int64_t world = 1;        // processes of the run
  std::int64_t local_rank = 0;   // on this machine: the GPU that "auto" and "cuda" choose
  std::int64_t local_world = 1;  // processes on this machine, which share its processors
  std::string address = "127.0.0.1";
  std::uint16_t port = 29500;
  bool has_store = false;  // the launcher serves the store itself (torchrun's agent)
  std::string session;     // separates restarts of a run in the same store
  std::string launcher;    // its name, for messages; empty for a single process
};

using Environment = std::function<std::optional<std::string>(const std::string& name)>;
Environment process_environment();

// A launcher's variables win over no launcher; the first that is there of torchrun's (RANK and
// WORLD_SIZE), SLURM's, Open MPI's, PMI's. Throws UsageError for values that make no sense.
Launch read_launch(const Environment& environment);

// The first host of a SLURM node list: "gpu[03-07,9],x" -> "gpu03".
std::string first_host(const std::string& node_list);

}  // namespace svgfusion::training
