// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>

#include "svgfusion/model/deepsvg.h"

namespace svgfusion::model {
namespace {

constexpr double kVisible = 0.7;  // a path is drawn when its probability is above this
constexpr std::int64_t kRelativeShift = 255;
constexpr std::uint8_t kGrid = 1;  // 256 values over the box, checked in deepsvg_sequences.cpp

bool is(std::int64_t command, DeepSvgCommand kind) {
  return command == static_cast<std::int64_t>(kind);
}

// Which of the eleven arguments a command has, as a range of pairs from `first` to the end.
torch::Tensor without_unused(const torch::Tensor& commands, const torch::Tensor& arguments) {
  const auto column = torch::arange(kDeepSvgArguments, commands.options());
  const auto command = commands.unsqueeze(-1);
  const auto of = [&](DeepSvgCommand kind) { return command.eq(static_cast<std::int64_t>(kind)); };
  const auto is_end = column.ge(9);
  const auto used =
      of(DeepSvgCommand::kMove)
          .logical_or(of(DeepSvgCommand::kLine))
          .logical_and(is_end)
          .logical_or(of(DeepSvgCommand::kCubic).logical_and(column.ge(5)))
          .logical_or(of(DeepSvgCommand::kArc).logical_and(column.lt(5).logical_or(is_end)));
  return arguments.masked_fill(used.logical_not(), -1);
}

// One sequence of rows added to an icon. Rows before the first move draw nothing, a close ends the
// contour, the first end token the sequence.
class Builder {
 public:
  explicit Builder(icon::TokenIcon& icon, bool relative) : icon_(icon), relative_(relative) {}

  // False when the sequence is over.
  bool add(std::int64_t command, const std::int64_t* arguments) {
    if (is(command, DeepSvgCommand::kEnd)) return false;
    if (is(command, DeepSvgCommand::kStart)) return true;
    if (is(command, DeepSvgCommand::kClose)) {
      finish(true);
      return true;
    }
    const icon::Arguments values = place(arguments);
    if (is(command, DeepSvgCommand::kMove)) {
      finish(false);
      commands_ = {icon::Command::kMove};
      values_ = {{0, 0, 0, 0, values[4], values[5]}};
    } else if (!commands_.empty()) {
      const bool cubic = is(command, DeepSvgCommand::kCubic);
      commands_.push_back(cubic ? icon::Command::kCubic : icon::Command::kLine);
      values_.push_back(cubic ? values : icon::Arguments{0, 0, 0, 0, values[4], values[5]});
    }
    return true;
  }

  void finish(bool closed) {
    if (commands_.size() > 1) {
      icon_.commands.insert(icon_.commands.end(), commands_.begin(), commands_.end());
      icon_.arguments.insert(icon_.arguments.end(), values_.begin(), values_.end());
      icon_.contour_offsets.push_back(static_cast<std::uint32_t>(icon_.commands.size()));
      icon_.closed.push_back(closed ? 1 : 0);
      icon_.styles.push_back(0);
    }
    commands_.clear();
    values_.clear();
  }

 private:
  // The last three points, absolute and on the grid.
  icon::Arguments place(const std::int64_t* a) {
    icon::Arguments out{};
    const std::array<std::int64_t, 2> from = last_;
    for (std::size_t i = 0; i < 6; ++i) {
      const std::int64_t value = relative_ ? a[5 + i] - kRelativeShift + from[i % 2] : a[5 + i];
      if (i >= 4) last_[i - 4] = value;
      out[i] = static_cast<std::uint8_t>(std::clamp<std::int64_t>(value, 0, icon::kGridSize - 1));
    }
    return out;
  }

  icon::TokenIcon& icon_;
  bool relative_;
  std::array<std::int64_t, 2> last_{0, 0};
  std::vector<icon::Command> commands_;
  std::vector<icon::Arguments> values_;
};

}  // namespace

DeepSvgImpl::Greedy DeepSvgImpl::greedy(const torch::Tensor& latents, const torch::Tensor& labels) {
  const torch::NoGradGuard no_grad;
  const Paths paths = decode_paths(latents, labels);
  const std::int64_t sequences = paths.codes.size(0);
  const auto read = [&](const torch::Tensor& hidden) {
    Greedy out;
    out.commands = command_head_->forward(hidden).argmax(-1).view({sequences, -1});
    const auto arguments = argument_logits(hidden).argmax(-1) - 1;
    out.arguments =
        without_unused(out.commands, arguments.view({sequences, -1, kDeepSvgArguments}));
    return out;
  };
  if (!is_autoregressive()) {
    Greedy out = read(decode_commands(paths.codes, paths.label_codes));
    if (!two_decode_stages()) return out;
    const auto hidden_paths =
        at::softmax(paths.visibility, -1).select(-1, 1).gt(kVisible).logical_not().flatten();
    const auto hidden = hidden_paths.unsqueeze(1);  // drawn as a lone move, as the reference does
    out.commands =
        out.commands.masked_fill(hidden, static_cast<std::int64_t>(DeepSvgCommand::kEnd));
    out.commands.select(1, 0).masked_fill_(hidden_paths,
                                           static_cast<std::int64_t>(DeepSvgCommand::kMove));
    out.arguments = out.arguments.masked_fill(hidden.unsqueeze(2), -1);
    return out;
  }
  const auto options = torch::TensorOptions().dtype(torch::kLong).device(latents.device());
  Greedy out{
      torch::full({sequences, 1}, static_cast<std::int64_t>(DeepSvgCommand::kStart), options),
      torch::full({sequences, 1, kDeepSvgArguments}, -1, options)};
  for (std::int64_t i = 0; i < shape_.limits.max_commands; ++i) {
    const Greedy next = read(decode_prefix(paths, out.commands, out.arguments));
    out.commands = torch::cat({out.commands, next.commands.narrow(1, i, 1)}, 1);
    out.arguments = torch::cat({out.arguments, next.arguments.narrow(1, i, 1)}, 1);
    const auto ended = out.commands.eq(static_cast<std::int64_t>(DeepSvgCommand::kEnd)).any(1);
    if (ended.all().item<bool>()) break;
  }
  const std::int64_t length = out.commands.size(1) - 1;
  return {out.commands.narrow(1, 1, length), out.arguments.narrow(1, 1, length)};
}

std::vector<icon::TokenIcon> DeepSvgImpl::decode(const torch::Tensor& latents,
                                                 const torch::Tensor& labels) {
  const Greedy said = greedy(latents, labels.defined() ? labels.to(latents.device()) : labels);
  const auto commands = said.commands.to(torch::kCPU).contiguous();
  const auto arguments = said.arguments.to(torch::kCPU).contiguous();
  const std::int64_t* command = commands.data_ptr<std::int64_t>();
  const std::int64_t* argument = arguments.data_ptr<std::int64_t>();
  const std::int64_t length = commands.size(1);
  const std::int64_t per_icon = commands.size(0) / latents.size(0);
  std::vector<icon::TokenIcon> icons(static_cast<std::size_t>(latents.size(0)));
  for (std::int64_t p = 0; p < commands.size(0); ++p) {
    icon::TokenIcon& icon = icons[static_cast<std::size_t>(p / per_icon)];
    icon.grid = kGrid;
    Builder builder(icon, config_.deepsvg.relative_arguments);
    for (std::int64_t s = 0; s < length; ++s) {
      const std::int64_t row = p * length + s;
      if (!builder.add(command[row], argument + row * kDeepSvgArguments)) break;
    }
    builder.finish(false);
  }
  return icons;
}

}  // namespace svgfusion::model
