// SPDX-License-Identifier: MIT
#include "svgfusion/base/error.h"
#include "svgfusion/dataset/deepsvg_grid.h"
#include "svgfusion/model/deepsvg.h"

namespace svgfusion::model {
namespace {

void check(const IconBatch& batch, const icon::TokenLimits& limits, std::int64_t stages) {
  const auto fail = [](const char* what, std::int64_t count, std::int64_t limit) {
    throw base::DataError(
        base::concat("an icon has ", icon::over_limit(static_cast<std::size_t>(count), what, limit),
                     " of this DeepSVG model"));
  };
  if (batch.grids.ne(dataset::kDeepSvgGrid.row).any().item<bool>()) {
    throw base::DataError(
        "an icon is not on DeepSVG's grid; prepare the data with svgfusion-prepare --format "
        "deepsvg");
  }
  for (const std::int64_t contours : batch.icons.lengths) {
    if (stages == 2 && contours > limits.max_contours)
      fail("contours", contours, limits.max_contours);
  }
  std::size_t contour = 0;
  for (const std::int64_t contours : batch.icons.lengths) {
    std::int64_t total = 0;
    for (std::int64_t i = 0; i < contours; ++i, ++contour) {
      const std::int64_t length = batch.contours.lengths[contour];
      if (stages == 2 && length > limits.max_commands_per_contour)
        fail("commands in one contour", length, limits.max_commands_per_contour);
      total += length;
    }
    if (stages == 1 && total > limits.max_commands) fail("commands", total, limits.max_commands);
  }
}

// 1 where the command has the argument, [7, 11].
torch::Tensor argument_table(torch::Device device) {
  auto table = torch::zeros({kDeepSvgCommands, kDeepSvgArguments}, torch::kBool);
  const auto set = [&](DeepSvgCommand command, std::int64_t first, std::int64_t count) {
    table[static_cast<std::int64_t>(command)].narrow(0, first, count).fill_(true);
  };
  set(DeepSvgCommand::kMove, 9, 2);
  set(DeepSvgCommand::kLine, 9, 2);
  set(DeepSvgCommand::kCubic, 5, 6);
  set(DeepSvgCommand::kArc, 0, 5);
  set(DeepSvgCommand::kArc, 9, 2);
  return table.to(device);
}

// The eleven arguments of each command, [K, 11]; -1 where it has none.
torch::Tensor eleven_arguments(const IconBatch& batch) {
  const auto is_cubic =
      batch.commands.eq(static_cast<std::int64_t>(DeepSvgCommand::kCubic)).unsqueeze(1);
  const auto controls = batch.arguments.narrow(1, 0, 4).masked_fill(is_cubic.logical_not(), -1);
  const auto arcs = torch::full({batch.commands.size(0), 5}, -1, batch.commands.options());
  return torch::cat({arcs, controls, batch.arguments.narrow(1, 4, 2)}, 1);
}

}  // namespace

DeepSvgSequences deepsvg_sequences(const IconBatch& batch, std::int64_t stages,
                                   const icon::TokenLimits& limits) {
  check(batch, limits, stages);
  const std::int64_t slots = stages == 2 ? limits.max_contours : 1;
  const std::int64_t length =
      (stages == 2 ? limits.max_commands_per_contour : limits.max_commands) + 2;
  DeepSvgSequences out;
  std::vector<std::int64_t> places;  // of the K commands
  std::size_t contour = 0;
  for (std::size_t b = 0; b < batch.icons.lengths.size(); ++b) {
    std::int64_t at = 1;
    for (std::int64_t c = 0; c < batch.icons.lengths[b]; ++c, ++contour) {
      const std::int64_t sequence = static_cast<std::int64_t>(b) * slots + (stages == 2 ? c : 0);
      if (stages == 2 || c == 0) {
        at = 1;
        out.rows.push_back(sequence);
        out.lengths.push_back(1);
      }
      for (std::int64_t k = 0; k < batch.contours.lengths[contour]; ++k)
        places.push_back(sequence * length + at++);
      out.lengths.back() = at;
    }
  }
  const std::int64_t sequences = batch.size() * slots;
  const auto options = batch.commands.options();
  const auto index = torch::tensor(places, torch::kLong).to(options.device());
  auto commands =
      torch::full({sequences * length}, static_cast<std::int64_t>(DeepSvgCommand::kEnd), options);
  commands.index_copy_(0, index, batch.commands);
  out.commands = commands.view({sequences, length});
  out.commands.select(1, 0).fill_(static_cast<std::int64_t>(DeepSvgCommand::kStart));
  auto arguments = torch::full({sequences * length, kDeepSvgArguments}, -1, options);
  arguments.index_copy_(0, index, eleven_arguments(batch));
  out.arguments = arguments.view({sequences, length, kDeepSvgArguments});
  return out;
}

torch::Tensor deepsvg_has_argument(const torch::Tensor& commands) {
  auto shape = commands.sizes().vec();
  shape.push_back(kDeepSvgArguments);
  return argument_table(commands.device()).index_select(0, commands.flatten()).view(shape);
}

torch::Tensor relative_arguments(const DeepSvgSequences& sequences) {
  const auto& absolute = sequences.arguments;  // [P, S + 1, 11]
  const auto ends = absolute.narrow(2, 9, 2);
  // The end of the command before; the first command's is the origin.
  auto before = torch::zeros_like(ends);
  before.narrow(1, 2, ends.size(1) - 2).copy_(ends.narrow(1, 1, ends.size(1) - 2));
  before = before.clamp_min(0);
  const auto shift =
      torch::cat({torch::zeros_like(absolute.narrow(2, 0, 5)), before, before, before}, 2);
  return torch::where(absolute.lt(0), absolute, absolute - shift + kDeepSvgRelativeShift);
}

torch::Tensor deepsvg_loss_rows(const torch::Tensor& commands, const std::string& rows) {
  const auto is_end = commands.eq(static_cast<std::int64_t>(DeepSvgCommand::kEnd));
  auto mask = is_end.cumsum(-1).eq(0).to(torch::kFloat);
  const std::int64_t length = mask.size(-1);
  const auto part = [&](const torch::Tensor& t, std::int64_t begin, std::int64_t count) {
    return t.narrow(-1, begin, count);
  };
  if (rows == "end") {
    const auto before = mask.clone();
    part(mask, 1, length - 1).add_(part(before, 0, length - 1)).clamp_max_(1);
    return mask;
  }
  constexpr std::int64_t kShift = 3;
  const std::int64_t count = length - kShift;
  // The reference adds the mask to itself in place, three rows on. A GPU reads before it writes; a
  // CPU does so for two vectors of eight floats at once and row by row for the rest.
  const std::int64_t at_once = rows == "three" ? count : 16;
  std::int64_t i = 0;
  for (; i + at_once <= count; i += at_once) {
    const auto read = part(mask, i, at_once).clone();
    part(mask, i + kShift, at_once).add_(read);
  }
  for (; i < count; ++i) part(mask, i + kShift, 1).add_(part(mask, i, 1));
  return mask.clamp_max_(1);
}

}  // namespace svgfusion::model
