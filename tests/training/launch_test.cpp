// SPDX-License-Identifier: MIT
#include "svgfusion/training/launch.h"

#include <map>

#include "support/support.h"
#include "svgfusion/base/error.h"

namespace svgfusion::training {
namespace {

Launch launch_of(const std::map<std::string, std::string>& variables) {
  return read_launch([&](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  });
}

TEST(Launch, OfEveryLauncher) {
  const struct {
    const char* launcher;
    std::map<std::string, std::string> variables;
    Launch expected;
  } rows[] = {
      {"", {}, {}},
      {"", {{"RANK", "1"}}, {}},  // a number of processes is missing: none was launched
      {"torchrun",
       {{"RANK", "5"},
        {"WORLD_SIZE", "8"},
        {"LOCAL_RANK", "1"},
        {"LOCAL_WORLD_SIZE", "4"},
        {"MASTER_ADDR", "head"},
        {"MASTER_PORT", "1234"},
        {"TORCHELASTIC_USE_AGENT_STORE", "True"},
        {"TORCHELASTIC_RUN_ID", "r"},
        {"TORCHELASTIC_RESTART_COUNT", "2"},
        {"SLURM_PROCID", "0"},
        {"SLURM_NTASKS", "2"}},  // torchrun inside of a SLURM job
       {5, 8, 1, 4, "head", 1234, true, "r/2", ""}},
      {"SLURM",
       {{"SLURM_PROCID", "3"},
        {"SLURM_NTASKS", "4"},
        {"SLURM_LOCALID", "1"},
        {"SLURM_NTASKS_PER_NODE", "2"},
        {"SLURM_JOB_NODELIST", "gpu[03-07,9]"},
        {"SLURM_JOB_ID", "1020304"}},
       {3, 4, 1, 2, "gpu03", 20304, false, "1020304", ""}},
      {"SLURM",  // one step of a larger job
       {{"SLURM_PROCID", "0"}, {"SLURM_NTASKS", "4"}, {"SLURM_STEP_NUM_TASKS", "1"}},
       {0, 1, 0, 1, "127.0.0.1", 29500, false, "", ""}},
      {"Open MPI",
       {{"OMPI_COMM_WORLD_RANK", "2"},
        {"OMPI_COMM_WORLD_SIZE", "3"},
        {"OMPI_COMM_WORLD_LOCAL_RANK", "0"},
        {"OMPI_COMM_WORLD_LOCAL_SIZE", "1"},
        {"MASTER_ADDR", "a"}},
       {2, 3, 0, 1, "a", 29500, false, "", ""}},
      {"PMI",
       {{"PMI_RANK", "1"}, {"PMI_SIZE", "2"}},
       {1, 2, 1, 2, "127.0.0.1", 29500, false, "", ""}},
  };
  for (const auto& row : rows) {
    const Launch launch = launch_of(row.variables);
    EXPECT_EQ(launch.launcher, row.launcher);
    EXPECT_EQ(launch.rank, row.expected.rank) << row.launcher;
    EXPECT_EQ(launch.world, row.expected.world) << row.launcher;
    EXPECT_EQ(launch.local_rank, row.expected.local_rank) << row.launcher;
    EXPECT_EQ(launch.local_world, row.expected.local_world) << row.launcher;
    EXPECT_EQ(launch.address, row.expected.address) << row.launcher;
    EXPECT_EQ(launch.port, row.expected.port) << row.launcher;
    EXPECT_EQ(launch.has_store, row.expected.has_store) << row.launcher;
    EXPECT_EQ(launch.session, row.expected.session) << row.launcher;
  }
}

TEST(Launch, NonsenseIsRefused) {
  const std::map<std::string, std::string> wrong[] = {
      {{"RANK", "2"}, {"WORLD_SIZE", "2"}},
      {{"RANK", "x"}, {"WORLD_SIZE", "2"}},
      {{"RANK", "0"}, {"WORLD_SIZE", "0"}},
      {{"RANK", "0"}, {"WORLD_SIZE", "1"}, {"MASTER_PORT", "70000"}}};
  for (const auto& variables : wrong) {
    EXPECT_CONTAINS(test::message_of<base::UsageError>([&] { launch_of(variables); }), "expected");
  }
}

TEST(Launch, FirstHostOfANodeList) {
  EXPECT_EQ(first_host("node"), "node");
  EXPECT_EQ(first_host("a,b[1-2]"), "a");
  EXPECT_EQ(first_host("gpu[03-07,9],x"), "gpu03");
  EXPECT_EQ(first_host("gpu[7]"), "gpu7");
}

}  // namespace
}  // namespace svgfusion::training
