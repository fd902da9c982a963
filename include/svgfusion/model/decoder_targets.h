// SPDX-License-Identifier: MIT
#pragma once

#include "svgfusion/nn/ragged.h"

namespace svgfusion::model {

// What a position may say after the first: a line, a cubic, or that the contour is over.
inline constexpr std::int64_t kEndChoice = 2;

// Where the decoders run for a batch whose icons are known (icon_batch.h), and what they should say
// there.
struct DecoderTargets {
  nn::Ragged slots;            // B groups: each icon's contours and one empty slot
  torch::Tensor visible;       // [slot rows] f32: 1 for a contour, 0 for the empty slot
  torch::Tensor contour_rows;  // [C] i64: the slot rows that are contours, in batch order
  nn::Ragged positions;        // C groups: each contour's commands and the end
  torch::Tensor command_rows;  // [K] i64: the position rows that are commands, in batch order
  torch::Tensor
      choice_rows;  // [K] i64: the position rows with a choice, all but the first of each contour
  torch::Tensor choices;     // [K] i64: line 0, cubic 1, end kEndChoice
  torch::Tensor cubic_rows;  // [Q] i64: rows of the K commands that are cubics

  // body(tensor) for each tensor
  template <class Body>
  void for_each_tensor(const Body& body) {
    slots.for_each_tensor(body);
    positions.for_each_tensor(body);
    for (torch::Tensor* t :
         {&visible, &contour_rows, &command_rows, &choice_rows, &choices, &cubic_rows})
      body(*t);
  }
};

struct IconBatch;
DecoderTargets decoder_targets(const IconBatch& batch);

}  // namespace svgfusion::model
