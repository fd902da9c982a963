// SPDX-License-Identifier: MIT
#include "svgfusion/training/launch.h"

#include <charconv>
#include <cstdlib>

#include "svgfusion/base/error.h"

namespace svgfusion::training {
namespace {

using base::concat;
using base::UsageError;

std::int64_t whole_number(const std::string& name, const std::string& text, std::int64_t least,
                          std::int64_t most) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < least || value > most) {
    throw UsageError(concat("the environment's ", name, " is '", text, "'; expected ", least,
                            " to ", most, "; unset it to run one process"));
  }
  return value;
}

// The names one launcher gives to the three numbers.
struct Launcher {
  const char* name;
  const char* rank;
  const char* world;
  const char* local_rank;
  const char* local_world;
};
constexpr Launcher kLaunchers[] = {
    {"torchrun", "RANK", "WORLD_SIZE", "LOCAL_RANK", "LOCAL_WORLD_SIZE"},
    {"SLURM", "SLURM_PROCID", "SLURM_STEP_NUM_TASKS", "SLURM_LOCALID", "SLURM_NTASKS_PER_NODE"},
    {"SLURM", "SLURM_PROCID", "SLURM_NTASKS", "SLURM_LOCALID", "SLURM_NTASKS_PER_NODE"},
    {"Open MPI", "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_LOCAL_RANK",
     "OMPI_COMM_WORLD_LOCAL_SIZE"},
    {"PMI", "PMI_RANK", "PMI_SIZE", "MPI_LOCALRANKID", "MPI_LOCALNRANKS"},
};
constexpr std::int64_t kMostProcesses = 1 << 20;
constexpr std::int64_t kFirstSlurmPort = 20000;

}  // namespace

Environment process_environment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    if (value == nullptr) return std::nullopt;
    return value;
  };
}

std::string first_host(const std::string& node_list) {
  const std::size_t open = node_list.find_first_of("[,");
  if (open == std::string::npos || node_list[open] == ',') return node_list.substr(0, open);
  const std::size_t end = node_list.find_first_of("-,]", open);
  return node_list.substr(0, open) + node_list.substr(open + 1, end - open - 1);
}

Launch read_launch(const Environment& environment) {
  Launch out;
  for (const Launcher& launcher : kLaunchers) {
    const auto rank = environment(launcher.rank);
    const auto world = environment(launcher.world);
    if (!rank || !world) continue;
    out.launcher = launcher.name;
    out.world = whole_number(launcher.world, *world, 1, kMostProcesses);
    out.rank = whole_number(launcher.rank, *rank, 0, out.world - 1);
    const auto local = environment(launcher.local_rank);
    out.local_rank = local ? whole_number(launcher.local_rank, *local, 0, out.world - 1) : out.rank;
    const auto near = environment(launcher.local_world);
    out.local_world = near ? whole_number(launcher.local_world, *near, 1, out.world) : out.world;
    break;
  }
  if (const auto nodes = environment("SLURM_JOB_NODELIST"); nodes && out.launcher == "SLURM") {
    out.address = first_host(*nodes);
  }
  if (const auto job = environment("SLURM_JOB_ID"); job && out.launcher == "SLURM") {
    const std::int64_t id = whole_number("SLURM_JOB_ID", *job, 0, INT64_MAX);
    out.port = static_cast<std::uint16_t>(kFirstSlurmPort + id % kFirstSlurmPort);
    out.session = *job;
  }
  if (const auto address = environment("MASTER_ADDR")) out.address = *address;
  if (const auto port = environment("MASTER_PORT"))
    out.port = static_cast<std::uint16_t>(whole_number("MASTER_PORT", *port, 1, UINT16_MAX));
  out.has_store = environment("TORCHELASTIC_USE_AGENT_STORE") == "True";
  if (const auto run = environment("TORCHELASTIC_RUN_ID")) out.session = *run;
  if (const auto restart = environment("TORCHELASTIC_RESTART_COUNT"))
    out.session += concat("/", *restart);
  return out;
}

}  // namespace svgfusion::training
