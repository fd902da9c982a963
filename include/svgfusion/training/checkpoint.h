// SPDX-License-Identifier: MIT
// Checkpoints: RUN/checkpoints/STAGE/step-00001000/{weights,optimizer}.safetensors + state.json. A
// folder has that name only when it is whole; resuming takes the newest whole one.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "svgfusion/training/optimizer.h"

namespace svgfusion::training {

struct CheckpointState {
  std::int64_t step = 0;  // steps done
  std::string stage;
  std::string data;    // fingerprint of what was trained on
  std::string layout;  // names and sizes of the parameters, in order
  double seconds = 0;  // of training so far
};

// Writes one and removes the oldest beyond `keep`.
void save_checkpoint(const std::filesystem::path& folder, const CheckpointState& state,
                     FlatParameters& parameters, const Optimizer& optimizer, std::int64_t keep);

// Removes what a killed process left half written.
void remove_leftovers(const std::filesystem::path& folder);

// The folders of whole checkpoints below `folder`, newest first.
std::vector<std::filesystem::path> list_checkpoints(const std::filesystem::path& folder);

// Fills parameters and optimiser and returns the state. Throws CheckpointError when the checkpoint
// is damaged, of another model or of other data.
CheckpointState load_checkpoint(const std::filesystem::path& checkpoint,
                                const CheckpointState& expected, FlatParameters& parameters,
                                const Optimizer& optimizer);

}  // namespace svgfusion::training
