// SPDX-License-Identifier: MIT
// DeepSVG's losses: means over all selected rows and arguments of the batch.
#include <numeric>

#include "assignment.h"
#include "svgfusion/base/error.h"
#include "svgfusion/model/deepsvg.h"

namespace svgfusion::model {
namespace {

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

torch::Tensor has_argument(const torch::Tensor& commands) {  // [...] -> [..., 11]
  const auto table = argument_table(commands.device());
  auto shape = commands.sizes().vec();
  shape.push_back(kDeepSvgArguments);
  return table.index_select(0, commands.flatten()).view(shape);
}

// A sequence with anything but its start token and, at most, one command less than none.
torch::Tensor is_visible(const torch::Tensor& commands) {  // [P, S] -> [P] bool
  return commands.eq(static_cast<std::int64_t>(DeepSvgCommand::kEnd))
      .sum(-1)
      .lt(commands.size(-1) - 1);
}

std::vector<std::int64_t> to_host(const torch::Tensor& t) {
  const auto host = t.to(torch::kCPU, torch::kLong).contiguous();
  return {host.data_ptr<std::int64_t>(), host.data_ptr<std::int64_t>() + host.numel()};
}

// Order of the paths' own predictions: [B, N] -> [B N] rows of a flat [B N, ...].
torch::Tensor flat_rows(const torch::Tensor& assignment) {
  const auto first = torch::arange(assignment.size(0), assignment.options()) * assignment.size(1);
  return (assignment + first.unsqueeze(1)).flatten();
}

struct Target {
  torch::Tensor commands;   // [P, S] without the start token
  torch::Tensor arguments;  // [P, S, 11]
  torch::Tensor visible;    // [P] bool
  torch::Tensor rows;       // [P, S] bool: where commands count
};

Target make_target(const DeepSvgSequences& sequences, const DeepSvgConfig& config,
                   const std::string& loss_rows) {
  const std::int64_t length = sequences.commands.size(1) - 1;
  const auto arguments =
      config.relative_arguments ? relative_arguments(sequences) : sequences.arguments;
  Target out;
  out.commands = sequences.commands.narrow(1, 1, length);
  out.arguments = arguments.narrow(1, 1, length);
  out.visible = is_visible(sequences.commands);
  out.rows = deepsvg_loss_rows(sequences.commands, loss_rows)
                 .narrow(1, 1, length)
                 .gt(0)
                 .logical_and(out.visible.unsqueeze(1));
  return out;
}

}  // namespace

DeepSvgImpl::Logits DeepSvgImpl::logits(const torch::Tensor& latents, const IconBatch& batch) {
  const Paths paths = decode_paths(latents, batch.labels);
  Logits out;
  out.visibility = paths.visibility;
  torch::Tensor hidden;
  if (is_autoregressive()) {
    const DeepSvgSequences s = deepsvg_sequences(batch, 1, shape_.limits);
    const std::int64_t length = s.commands.size(1) - 1;
    const auto arguments = config_.deepsvg.relative_arguments ? relative_arguments(s) : s.arguments;
    hidden = decode_prefix(paths, s.commands.narrow(1, 0, length), arguments.narrow(1, 0, length));
  } else {
    hidden = decode_commands(paths.codes, paths.label_codes);
  }
  const std::int64_t sequences = paths.codes.size(0);
  out.commands = command_head_->forward(hidden).view({sequences, -1, kDeepSvgCommands});
  out.arguments =
      argument_logits(hidden).view({sequences, -1, kDeepSvgArguments, argument_values()});
  return out;
}

torch::Tensor DeepSvgImpl::assignment(const Logits& logits, const DeepSvgSequences& targets) const {
  const torch::NoGradGuard no_grad;
  const std::int64_t slots = shape_.limits.max_contours;
  const std::int64_t length = targets.commands.size(1) - 1;
  const std::int64_t batch = targets.commands.size(0) / slots;
  const auto per_icon = [&](const torch::Tensor& t) {
    auto shape = t.sizes().vec();
    shape[0] = slots;
    shape.insert(shape.begin(), batch);
    return t.reshape(shape);
  };
  // The reference's costs see the sequences without their start token.
  const auto commands = targets.commands.narrow(1, 1, length);
  const auto arguments = targets.arguments.narrow(1, 1, length);
  const auto visible = is_visible(commands);
  const auto rows = per_icon(deepsvg_loss_rows(commands, config_.deepsvg.loss_rows));
  const auto used = per_icon(has_argument(commands));
  const auto log_commands = per_icon(at::log_softmax(logits.commands, -1));
  const auto log_arguments = per_icon(at::log_softmax(logits.arguments, -1));
  const auto log_visibility = at::log_softmax(logits.visibility, -1);  // [B, N, 2]
  const auto wanted_commands = per_icon(commands);
  const auto wanted_arguments = per_icon(arguments + 1);
  std::vector<torch::Tensor> costs;  // of target g: [B, N predictions]
  for (std::int64_t g = 0; g < slots; ++g) {
    const auto expand = [&](const torch::Tensor& t) {  // [B, N, ...] -> [B, N, ...] of target g
      auto shape = t.sizes().vec();
      return t.select(1, g).unsqueeze(1).expand(shape).unsqueeze(-1);
    };
    const auto nll_commands = -log_commands.gather(-1, expand(wanted_commands)).squeeze(-1);
    const auto nll_arguments = -log_arguments.gather(-1, expand(wanted_arguments)).squeeze(-1);
    const auto row_mask = rows.select(1, g).unsqueeze(1);   // [B, 1, S]
    const auto used_mask = used.select(1, g).unsqueeze(1);  // [B, 1, S, 11]
    const auto command_cost = (nll_commands * row_mask).sum(-1) / row_mask.sum(-1);
    const auto argument_cost = (nll_arguments * used_mask).sum({-1, -2}) / used_mask.sum({-1, -2});
    const auto seen = per_icon(visible).select(1, g).to(torch::kLong).view({batch, 1, 1});
    const auto visibility_cost =
        -log_visibility.gather(-1, seen.expand({batch, slots, 1})).squeeze(-1);
    costs.push_back(2 * argument_cost + command_cost + visibility_cost);
  }
  const auto all = torch::stack(costs, 1).to(torch::kCPU, torch::kDouble).contiguous();
  const std::vector<std::int64_t> is_path = to_host(visible);
  const auto at = all.accessor<double, 3>();
  std::vector<std::int64_t> order;
  for (std::int64_t b = 0; b < batch; ++b) {
    std::vector<std::vector<double>> matrix;
    for (std::int64_t g = 0; g < slots; ++g) {
      if (is_path[static_cast<std::size_t>(b * slots + g)] == 0) continue;
      matrix.emplace_back();
      for (std::int64_t p = 0; p < slots; ++p) matrix.back().push_back(at[b][g][p]);
    }
    std::vector<bool> taken(static_cast<std::size_t>(slots), false);
    for (const std::int64_t p : least_cost_assignment(matrix)) {
      order.push_back(p);
      taken[static_cast<std::size_t>(p)] = true;
    }
    for (std::int64_t p = 0; p < slots; ++p) {
      if (!taken[static_cast<std::size_t>(p)]) order.push_back(p);
    }
  }
  return torch::tensor(order, torch::kLong).view({batch, slots}).to(targets.commands.device());
}

Losses DeepSvgImpl::loss(const IconBatch& batch, double kl_share) {
  const DeepSvgConfig& d = config_.deepsvg;
  const DeepSvgSequences sequences = deepsvg_sequences(batch, d.decode_stages, shape_.limits);
  const Target target = make_target(sequences, d, d.loss_rows);
  const Encoded encoded = encode(batch);
  auto latents = encoded.mean;
  if (config_.variant == "vae") {
    latents = latents + (0.5 * encoded.log_sigma2).exp() * torch::randn_like(latents);
  }
  Losses out;
  Logits said;
  torch::Tensor command_logits, arguments;  // [P S, 7] and [P S, 11, V], or of some rows
  said = logits(latents, batch);
  if (d.self_match) {
    const auto order = flat_rows(assignment(said, sequences));
    said.commands = said.commands.index_select(0, order);
    said.arguments = said.arguments.index_select(0, order);
    said.visibility = said.visibility.flatten(0, 1).index_select(0, order).view_as(said.visibility);
  }
  auto total = torch::zeros({}, latents.options());
  if (two_decode_stages()) {
    out["visibility"] =
        at::cross_entropy_loss(said.visibility.flatten(0, 1), target.visible.to(torch::kLong));
    total = total + config_.visibility_weight * out["visibility"];
  }
  out["command"] = at::cross_entropy_loss(said.commands.index({target.rows}),
                                          target.commands.index({target.rows}));
  const auto used = has_argument(target.commands);
  out["argument"] =
      at::cross_entropy_loss(said.arguments.index({used}), target.arguments.index({used}) + 1);
  total =
      total + config_.command_weight * out["command"] + config_.argument_weight * out["argument"];
  if (config_.variant == "vae") {
    const auto& s = encoded.log_sigma2;
    out["kl"] = -0.5 * (1 + s - encoded.mean.square() - s.exp()).mean();
    total = total + config_.kl_weight * kl_share * out["kl"].clamp_min(config_.kl_tolerance);
  }
  out["total"] = total;
  return out;
}

std::map<std::string, double> DeepSvgImpl::accuracy(const IconBatch& batch) {
  const torch::NoGradGuard no_grad;
  constexpr double kCloseSteps = 3;
  const DeepSvgConfig& d = config_.deepsvg;
  const DeepSvgSequences sequences = deepsvg_sequences(batch, d.decode_stages, shape_.limits);
  const Target target = make_target(sequences, d, "end");
  Logits said = logits(encode(batch).mean, batch);
  if (d.self_match) {
    const auto order = flat_rows(assignment(said, sequences));
    said.commands = said.commands.index_select(0, order);
    said.arguments = said.arguments.index_select(0, order);
    said.visibility = said.visibility.flatten(0, 1).index_select(0, order).view_as(said.visibility);
  }
  const auto mean = [](const torch::Tensor& t) {
    return t.to(torch::kDouble).mean().item<double>();
  };
  const auto used = has_argument(target.commands);
  const auto error = (said.arguments.argmax(-1) - 1 - target.arguments).index({used}).abs();
  std::map<std::string, double> out{
      {"command_accuracy", mean(said.commands.argmax(-1).eq(target.commands).index({target.rows}))},
      {"argument_accuracy", mean(error.eq(0))},
      {"argument_accuracy_within_3", mean(error.le(kCloseSteps))}};
  if (said.visibility.defined()) {
    out["visibility_accuracy"] =
        mean(said.visibility.flatten(0, 1).argmax(1).eq(target.visible.to(torch::kLong)));
  }
  return out;
}

}  // namespace svgfusion::model
