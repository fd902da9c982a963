// SPDX-License-Identifier: MIT
// Weights to and from safetensors, strictly: names, shapes and types must all agree.
#pragma once

#include <torch/types.h>

#include <filesystem>
#include <map>
#include <string>

#include "svgfusion/base/safetensors.h"

namespace torch::nn {
class Module;
}

namespace svgfusion::model {

using NamedTensors = std::map<std::string, torch::Tensor>;

// Parameters and buffers by their dotted names, in the order of the names.
NamedTensors named_tensors(const torch::nn::Module& module);

// A file's tensor as a copy of its own on the CPU. Throws DataError for types without a torch twin.
torch::Tensor to_tensor(const base::TensorView& view);

// Atomic. Tensors are brought to the CPU first.
void save_tensors(const std::filesystem::path& path, const NamedTensors& tensors,
                  const std::map<std::string, std::string>& metadata);

// Copies every tensor of the file into the one of the same name. Throws CheckpointError that lists
// every missing, unknown or unlike tensor at once; nothing is changed then.
void load_tensors(const base::SafetensorsFile& file, const NamedTensors& into);

}  // namespace svgfusion::model
