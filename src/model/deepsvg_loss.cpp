// SPDX-License-Identifier: MIT
// DeepSVG's losses: means over all selected rows and arguments of the batch.
#include "assignment.h"
#include "host_values.h"
#include "svgfusion/base/error.h"
#include "svgfusion/model/deepsvg.h"
#include "svgfusion/nn/linear.h"

namespace svgfusion::model {
namespace {

// Whether a sequence has a command; by counting end tokens, as the reference does, so that without
// its start token (as matching sees it) it must have two.
torch::Tensor is_visible(const torch::Tensor& commands) {  // [P, S] -> [P] bool
  return commands.eq(static_cast<std::int64_t>(DeepSvgCommand::kEnd))
      .sum(-1)
      .lt(commands.size(-1) - 1);
}

// Order of the paths' own predictions: [B, N] -> [B N] rows of a flat [B N, ...].
torch::Tensor flat_rows(const torch::Tensor& assignment) {
  const auto first = torch::arange(assignment.size(0), assignment.options()) * assignment.size(1);
  return (assignment + first.unsqueeze(1)).flatten();
}

void put_in_order(DeepSvgImpl::Logits& said, const torch::Tensor& assignment) {
  const auto order = flat_rows(assignment);
  said.commands = said.commands.index_select(0, order);
  said.arguments = said.arguments.index_select(0, order);
  said.visibility = said.visibility.flatten(0, 1).index_select(0, order).view_as(said.visibility);
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
  out.commands = nn::linear(command_head_, hidden).view({sequences, -1, kDeepSvgCommands});
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
  const auto used = per_icon(deepsvg_has_argument(commands));
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

// Self-matching and the autoregressive form look at every row of every sequence.
DeepSvgImpl::RowLosses DeepSvgImpl::losses_of_all_rows(const torch::Tensor& latents,
                                                       const IconBatch& batch,
                                                       const DeepSvgSequences& sequences) {
  const Target target = make_target(sequences, config_.deepsvg, config_.deepsvg.loss_rows);
  Logits said = logits(latents, batch);
  if (config_.deepsvg.self_match) put_in_order(said, assignment(said, sequences));
  const auto used = deepsvg_has_argument(target.commands);
  return {said.visibility,
          at::cross_entropy_loss(said.commands.index({target.rows}),
                                 target.commands.index({target.rows})),
          at::cross_entropy_loss(said.arguments.index({used}), target.arguments.index({used}) + 1)};
}

// The same numbers from the paths that exist and the rows that count: a path's rows do not see
// other paths, and nothing is lost of a mean over selected rows when only those are computed.
DeepSvgImpl::RowLosses DeepSvgImpl::losses_of_packed_rows(const torch::Tensor& latents,
                                                          const IconBatch& batch,
                                                          const DeepSvgSequences& sequences) {
  const torch::Device device = latents.device();
  const auto chosen = torch::tensor(sequences.rows, torch::kLong).to(device);
  const auto pick = [&](const torch::Tensor& t) {
    return t.defined() ? t.index_select(0, chosen) : t;
  };
  const Target target = make_target({pick(sequences.commands), pick(sequences.arguments), {}, {}},
                                    config_.deepsvg, config_.deepsvg.loss_rows);
  const Paths paths = decode_paths(latents, batch.labels);
  const auto hidden = decode_commands(pick(paths.codes), pick(paths.label_codes));  // [V S, W]

  const auto commands = target.commands.flatten();
  const auto arguments = target.arguments.flatten(0, 1) + 1;  // [V S, 11]
  const auto counted = target.rows.flatten().nonzero().squeeze(1);
  const auto is_cubic = commands.eq(static_cast<std::int64_t>(DeepSvgCommand::kCubic));
  const auto ends =
      commands.le(static_cast<std::int64_t>(DeepSvgCommand::kCubic)).nonzero().squeeze(1);
  const auto cubics = is_cubic.nonzero().squeeze(1);
  // Sum over the rows of the cross-entropy of `count` arguments from the `first` on.
  const auto argument_sum = [&](const torch::Tensor& rows, std::int64_t first, std::int64_t count) {
    const auto said = argument_logits(hidden.index_select(0, rows), first, count);
    return at::cross_entropy_loss(said.flatten(0, 1),
                                  arguments.index_select(0, rows).narrow(1, first, count).flatten(),
                                  {}, at::Reduction::Sum);
  };
  const auto total = static_cast<double>(2 * ends.size(0) + 4 * cubics.size(0));
  return {paths.visibility,
          at::cross_entropy_loss(nn::linear(command_head_, hidden.index_select(0, counted)),
                                 commands.index_select(0, counted)),
          (argument_sum(ends, 9, 2) + argument_sum(cubics, 5, 4)) / total};
}

LossNumbers DeepSvgImpl::loss_counts(const IconBatch& batch) const {
  const DeepSvgSequences sequences =
      deepsvg_sequences(batch, config_.deepsvg.decode_stages, shape_.limits);
  const Target target = make_target(sequences, config_.deepsvg, config_.deepsvg.loss_rows);
  return {{"visibility", static_cast<double>(sequences.commands.size(0))},
          {"command", target.rows.sum().item<double>()},
          {"argument", deepsvg_has_argument(target.commands).sum().item<double>()},
          {"kl", static_cast<double>(batch.size())}};
}

Losses DeepSvgImpl::loss(const IconBatch& batch, double kl_share, const LossFactors& factors) {
  const DeepSvgConfig& d = config_.deepsvg;
  const DeepSvgSequences sequences = deepsvg_sequences(batch, d.decode_stages, shape_.limits);
  const Encoded encoded = encode(batch);
  auto latents = encoded.mean;
  if (config_.variant == "vae") {
    latents = latents + (0.5 * encoded.log_sigma2).exp() * torch::randn_like(latents);
  }
  const RowLosses rows = d.self_match || is_autoregressive()
                             ? losses_of_all_rows(latents, batch, sequences)
                             : losses_of_packed_rows(latents, batch, sequences);
  Losses out{{"command", rows.command}, {"argument", rows.argument}};
  if (two_decode_stages()) {
    const auto visible = is_visible(sequences.commands).to(torch::kLong);
    out["visibility"] = at::cross_entropy_loss(rows.visibility.flatten(0, 1), visible);
  }
  if (config_.variant == "vae") {
    out["kl"] = kl_of(encoded).mean();
  }
  apply(factors, out);
  auto total = config_.command_weight * out["command"] + config_.argument_weight * out["argument"];
  if (two_decode_stages()) total = total + config_.visibility_weight * out["visibility"];
  if (config_.variant == "vae") {
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
  if (d.self_match) put_in_order(said, assignment(said, sequences));
  const auto mean = [](const torch::Tensor& t) {
    return t.to(torch::kDouble).mean().item<double>();
  };
  const auto used = deepsvg_has_argument(target.commands);
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
