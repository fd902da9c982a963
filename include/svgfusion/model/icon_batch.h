// SPDX-License-Identifier: MIT
// Icons as ragged tensors on the device. B icons, C contours, K commands in all.
#pragma once

#include <span>

#include "svgfusion/dataset/dataset.h"
#include "svgfusion/nn/ragged.h"

namespace svgfusion::model {

struct IconBatch {
  torch::Tensor commands;   // [K] i64, icon::Command
  torch::Tensor arguments;  // [K, 6] i64, grid values
  torch::Tensor closed;     // [C] i64
  torch::Tensor styles;     // [C] i64, rows of the style table
  torch::Tensor grids;      // [B] i64, of icon::kGridSteps
  torch::Tensor labels;     // [B] i64
  nn::Ragged contours;      // commands in contours: G = C, rows = K
  nn::Ragged icons;         // contours in icons:    G = B, rows = C

  std::int64_t size() const { return icons.groups; }
};

IconBatch make_batch(const std::vector<icon::TokenIcon>& icons,
                     const std::vector<std::int64_t>& labels, torch::Device device);
IconBatch make_batch(const dataset::Dataset& data, std::span<const std::int64_t> indices,
                     torch::Device device);

}  // namespace svgfusion::model
