// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>

#include "svgfusion/dataset/deepsvg_grid.h"
#include "svgfusion/model/deepsvg.h"
#include "svgfusion/nn/linear.h"

namespace svgfusion::model {
namespace {

constexpr double kVisible = 0.7;  // a path is drawn when its probability is above this

torch::Tensor visible_paths(const torch::Tensor& logits) {  // [B, N, 2] -> [B N] bool
  return at::softmax(logits, -1).select(-1, 1).gt(kVisible).flatten().contiguous();
}

bool is(std::int64_t command, DeepSvgCommand kind) {
  return command == static_cast<std::int64_t>(kind);
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
      const std::int64_t value =
          relative_ ? a[5 + i] - kDeepSvgRelativeShift + from[i % 2] : a[5 + i];
      if (i >= 4) last_[i - 4] = value;
      out[i] = static_cast<icon::Value>(
          std::clamp<std::int64_t>(value, 0, dataset::kDeepSvgGrid.values() - 1));
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
    out.commands = nn::linear(command_head_, hidden).argmax(-1).view({sequences, -1});
    const auto arguments = argument_logits(hidden).argmax(-1) - 1;
    out.arguments = arguments.view({sequences, -1, kDeepSvgArguments})
                        .masked_fill(deepsvg_has_argument(out.commands).logical_not(), -1);
    return out;
  };
  if (!is_autoregressive()) {
    Greedy out = read(decode_commands(paths.codes, paths.label_codes));
    if (!two_decode_stages()) return out;
    const auto hidden_paths = visible_paths(paths.visibility).logical_not();
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

void DeepSvgImpl::read_packed(const torch::Tensor& hidden,
                              const std::vector<std::int64_t>& icon_of_sequence,
                              std::vector<icon::TokenIcon>& icons) {
  const std::int64_t length = decoder_position_table_->weight.size(0);
  const auto commands = nn::linear(command_head_, hidden).argmax(-1).to(torch::kCPU).contiguous();
  const std::int64_t* command = commands.data_ptr<std::int64_t>();
  // Rows before the end of their sequence; of them the cubics have controls too.
  std::vector<std::int64_t> rows, cubics;
  for (std::int64_t row = 0; row < commands.size(0); ++row) {
    if (is(command[row], DeepSvgCommand::kEnd)) {
      row += length - 1 - row % length;
      continue;
    }
    if (is(command[row], DeepSvgCommand::kCubic))
      cubics.push_back(static_cast<std::int64_t>(rows.size()));
    rows.push_back(row);
  }
  const auto index = [&](const std::vector<std::int64_t>& v) {
    return torch::tensor(v, torch::kLong).to(hidden.device());
  };
  auto arguments = torch::full({static_cast<std::int64_t>(rows.size()), kDeepSvgArguments}, -1,
                               torch::TensorOptions().dtype(torch::kLong).device(hidden.device()));
  if (!rows.empty()) {
    const auto x = hidden.index_select(0, index(rows));
    arguments.narrow(1, 9, 2).copy_(argument_logits(x, 9, 2).argmax(-1) - 1);
    if (!cubics.empty()) {
      const auto of_cubics = index(cubics);
      const auto said = argument_logits(x.index_select(0, of_cubics), 5, 4).argmax(-1) - 1;
      arguments.narrow(1, 5, 4).index_copy_(0, of_cubics, said);
    }
  }
  arguments = arguments.to(torch::kCPU).contiguous();
  const std::int64_t* argument = arguments.data_ptr<std::int64_t>();
  std::size_t k = 0;
  for (std::size_t s = 0; s < icon_of_sequence.size(); ++s) {
    Builder builder(icons[static_cast<std::size_t>(icon_of_sequence[s])],
                    config_.deepsvg.relative_arguments);
    const std::int64_t end = static_cast<std::int64_t>(s + 1) * length;
    for (; k < rows.size() && rows[k] < end; ++k)
      builder.add(command[rows[k]], argument + static_cast<std::int64_t>(k) * kDeepSvgArguments);
    builder.finish(false);
  }
}

std::vector<icon::TokenIcon> DeepSvgImpl::decode(const torch::Tensor& latents,
                                                 const torch::Tensor& given_labels) {
  const torch::NoGradGuard no_grad;
  const auto labels = given_labels.defined() ? given_labels.to(latents.device()) : given_labels;
  std::vector<icon::TokenIcon> icons(static_cast<std::size_t>(latents.size(0)));
  for (icon::TokenIcon& icon : icons) icon.grid = dataset::kDeepSvgGrid;
  if (!is_autoregressive()) {
    const Paths paths = decode_paths(latents, labels);
    std::vector<std::int64_t> sequences, icon_of_sequence;
    const std::int64_t per_icon = paths.codes.size(0) / latents.size(0);
    const auto shown = two_decode_stages() ? visible_paths(paths.visibility).to(torch::kCPU)
                                           : torch::ones({latents.size(0)}, torch::kBool);
    for (std::int64_t p = 0; p < shown.numel(); ++p) {
      if (!shown.data_ptr<bool>()[p]) continue;
      sequences.push_back(p);
      icon_of_sequence.push_back(p / per_icon);
    }
    if (sequences.empty()) return icons;
    const auto chosen = torch::tensor(sequences, torch::kLong).to(latents.device());
    const auto label_codes =
        paths.label_codes.defined() ? paths.label_codes.index_select(0, chosen) : torch::Tensor();
    read_packed(decode_commands(paths.codes.index_select(0, chosen), label_codes), icon_of_sequence,
                icons);
    return icons;
  }
  const Greedy said = greedy(latents, labels);
  const auto commands = said.commands.to(torch::kCPU).contiguous();
  const auto arguments = said.arguments.to(torch::kCPU).contiguous();
  const std::int64_t length = commands.size(1);
  for (std::int64_t p = 0; p < commands.size(0); ++p) {
    Builder builder(icons[static_cast<std::size_t>(p)], config_.deepsvg.relative_arguments);
    for (std::int64_t row = p * length; row < (p + 1) * length; ++row) {
      if (!builder.add(commands.data_ptr<std::int64_t>()[row],
                       arguments.data_ptr<std::int64_t>() + row * kDeepSvgArguments))
        break;
    }
    builder.finish(false);
  }
  return icons;
}

}  // namespace svgfusion::model
