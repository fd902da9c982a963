// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>

#include "svgfusion/dataset/dataset.h"
#include "svgfusion/training/experiment.h"

namespace svgfusion::training {

// model_card.md: what the model was trained on and how, with the licences of its data.
void write_model_card(const std::filesystem::path& folder, const ExperimentConfig& config,
                      const dataset::Dataset& data);

}  // namespace svgfusion::training
