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

// Which checkpoints stay: the newest `newest`, and each whose step is a multiple of `every` (0:
// none).
struct Retention {
  std::int64_t newest = 1;
  std::int64_t every = 0;
};

// Writes one and then removes those that need not stay.
void save_checkpoint(const std::filesystem::path& folder, const CheckpointState& state,
                     FlatParameters& parameters, const Optimizer& optimizer,
                     const Retention& retention);

// Removes what a killed process left half written.
void remove_leftovers(const std::filesystem::path& folder);

// The folders of whole checkpoints below `folder`, newest first.
std::vector<std::filesystem::path> list_checkpoints(const std::filesystem::path& folder);

// Fills parameters and optimiser and returns the state. Throws CheckpointError when the checkpoint
// is damaged, of another model or of other data.
CheckpointState load_checkpoint(const std::filesystem::path& checkpoint,
                                const CheckpointState& expected, FlatParameters& parameters,
                                const Optimizer& optimizer);

// Of `checkpoints`, newest first, loads the first that can be loaded, and warns of those that
// cannot; false where there is none. Throws CheckpointError when all are unusable.
bool load_newest(const std::vector<std::filesystem::path>& checkpoints, CheckpointState& state,
                 FlatParameters& parameters, const Optimizer& optimizer);

}  // namespace svgfusion::training
