// SPDX-License-Identifier: MIT
#include "svgfusion/model/decoder_targets.h"

#include "svgfusion/model/icon_batch.h"

namespace svgfusion::model {
namespace {

torch::Tensor index_tensor(const std::vector<std::int64_t>& values, torch::Device device) {
  return torch::tensor(values, torch::kLong).to(device);
}

}  // namespace

DecoderTargets decoder_targets(const IconBatch& batch) {
  const torch::Device device = batch.commands.device();
  DecoderTargets out;
  std::vector<std::int64_t> slot_lengths, contour_rows;
  std::vector<float> visible;
  for (const std::int64_t count : batch.icons.lengths) {
    const std::int64_t slots = count + 1;
    const auto base = static_cast<std::int64_t>(visible.size());
    for (std::int64_t s = 0; s < slots; ++s) {
      visible.push_back(s < count ? 1.0F : 0.0F);
      if (s < count) contour_rows.push_back(base + s);
    }
    slot_lengths.push_back(slots);
  }
  std::vector<std::int64_t> position_lengths, command_rows, choice_rows;
  std::int64_t row = 0;
  for (const std::int64_t count : batch.contours.lengths) {
    for (std::int64_t p = 0; p < count; ++p) command_rows.push_back(row + p);
    for (std::int64_t p = 1; p <= count; ++p) choice_rows.push_back(row + p);
    position_lengths.push_back(count + 1);
    row += count + 1;
  }
  out.slots = nn::Ragged::from_lengths(slot_lengths, device, batch.icons.max_length + 1);
  out.visible = torch::tensor(visible).to(device);
  out.contour_rows = index_tensor(contour_rows, device);
  out.positions = nn::Ragged::from_lengths(position_lengths, device, batch.contours.max_length + 1);
  out.command_rows = index_tensor(command_rows, device);
  out.choice_rows = index_tensor(choice_rows, device);
  auto choices = torch::full({row}, kEndChoice, batch.commands.options());
  choices.index_copy_(0, out.command_rows, batch.commands - 1);
  out.choices = choices.index_select(0, out.choice_rows);
  out.cubic_rows = batch.commands.eq(static_cast<int>(icon::Command::kCubic)).nonzero().squeeze(1);
  return out;
}

}  // namespace svgfusion::model
