// SPDX-License-Identifier: MIT
// Icons as ragged tensors on the device. B icons, C contours, K commands in all.
#pragma once

#include <optional>
#include <span>

#include "svgfusion/dataset/dataset.h"
#include "svgfusion/model/decoder_targets.h"
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

  // Only of a batch filled up to a fixed size (batch_room.h): [B] f32, 1 for an icon, 0 for
  // filling, which counts nowhere.
  torch::Tensor weights;
  // Only where a model has added them beforehand.
  std::optional<DecoderTargets> targets;

  std::int64_t size() const { return icons.groups; }

  // body(tensor) for each tensor, defined or not
  template <class Body>
  void for_each_tensor(const Body& body) {
    for (torch::Tensor* t : {&commands, &arguments, &closed, &styles, &grids, &labels, &weights})
      body(*t);
    contours.for_each_tensor(body);
    icons.for_each_tensor(body);
    if (targets) targets->for_each_tensor(body);
  }
};

// Lengths that attention is laid out for, where they are longer than the batch's own.
struct LongestGroups {
  std::int64_t contours = 0;  // of an icon
  std::int64_t commands = 0;  // of a contour
};

struct LabelledIcons {
  std::vector<icon::TokenIcon> icons;
  std::vector<std::int64_t> labels;
};
LabelledIcons read_icons(const dataset::Dataset& data, std::span<const std::int64_t> indices);

IconBatch make_batch(const std::vector<icon::TokenIcon>& icons,
                     const std::vector<std::int64_t>& labels, torch::Device device,
                     const LongestGroups& longest = {});
IconBatch make_batch(const dataset::Dataset& data, std::span<const std::int64_t> indices,
                     torch::Device device);

}  // namespace svgfusion::model
