// SPDX-License-Identifier: MIT
#include "host_values.h"
#include "svgfusion/model/ragged_autoencoder.h"
#include "svgfusion/nn/linear.h"

namespace svgfusion::model {
namespace {

// How many leading entries of each run of `length` are positive; at least one.
std::vector<std::int64_t> leading_counts(const torch::Tensor& positive, std::int64_t length) {
  const std::vector<std::int64_t> flags = to_host(positive);
  std::vector<std::int64_t> counts;
  for (std::size_t base = 0; base < flags.size(); base += static_cast<std::size_t>(length)) {
    std::int64_t count = 0;
    while (count < length && flags[base + static_cast<std::size_t>(count)] != 0) ++count;
    counts.push_back(std::max<std::int64_t>(1, count));
  }
  return counts;
}

}  // namespace

std::vector<icon::TokenIcon> RaggedAutoencoderImpl::decode(const torch::Tensor& given,
                                                           const torch::Tensor&) {
  const torch::NoGradGuard no_grad;
  const torch::Device device = given.device();
  const std::int64_t batch = given.size(0);
  const std::int64_t slots = shape_.limits.max_contours;
  const auto latents = config_.latent_norm ? at::layer_norm(given, {config_.latent_width}) : given;
  const auto index = [&](const std::vector<std::int64_t>& v) {
    return torch::tensor(v, torch::kLong).to(device);
  };

  const ContourLogits all = decode_icons(
      latents, nn::Ragged::from_lengths(
                   std::vector<std::int64_t>(static_cast<std::size_t>(batch), slots), device));
  const std::vector<std::int64_t> counts = leading_counts(all.visibility.gt(0), slots);
  std::vector<std::int64_t> contour_rows;
  for (std::int64_t b = 0; b < batch; ++b) {
    for (std::int64_t s = 0; s < counts[static_cast<std::size_t>(b)]; ++s)
      contour_rows.push_back(b * slots + s);
  }
  const auto rows = index(contour_rows);
  const std::vector<std::int64_t> styles = to_host(all.styles.index_select(0, rows).argmax(1));
  const std::vector<std::int64_t> closed = to_host(all.closed.index_select(0, rows).gt(0));
  const std::vector<std::int64_t> grids =
      to_host(nn::linear(grid_head_, latents.flatten(1)).argmax(1));

  // Every contour at full length: what stands behind its end cannot have changed what stands
  // before.
  const std::int64_t positions = shape_.limits.max_commands_per_contour;
  const auto full =
      nn::Ragged::from_lengths(std::vector<std::int64_t>(contour_rows.size(), positions), device);
  const CommandLogits decoded = decode_contours(all.codes.index_select(0, rows), full);
  const auto chosen = decoded.commands.argmax(1);
  const auto goes_on = chosen.ne(kEndChoice).logical_or(full.position.eq(0));
  const std::vector<std::int64_t> choices = to_host(chosen);
  const std::vector<std::int64_t> lengths = leading_counts(goes_on, positions);
  std::vector<std::int64_t> command_rows;
  for (std::size_t c = 0; c < lengths.size(); ++c) {
    for (std::int64_t p = 0; p < lengths[c]; ++p)
      command_rows.push_back(static_cast<std::int64_t>(c) * positions + p);
  }
  const auto hidden = decoded.hidden.index_select(0, index(command_rows));
  const std::vector<std::int64_t> ends = to_host(most_likely(end_outputs(hidden)).flatten());
  const std::vector<std::int64_t> controls =
      to_host(most_likely(control_outputs(hidden)).flatten());

  std::vector<icon::TokenIcon> icons(static_cast<std::size_t>(batch));
  std::size_t contour = 0;
  std::size_t k = 0;
  for (std::size_t b = 0; b < icons.size(); ++b) {
    icon::TokenIcon& out = icons[b];
    out.grid = {static_cast<std::uint8_t>(grids[b]), static_cast<std::uint8_t>(shape_.grid_bits)};
    for (std::int64_t s = 0; s < counts[b]; ++s, ++contour) {
      const std::size_t first = k;
      k += static_cast<std::size_t>(lengths[contour]);
      if (lengths[contour] < 2) continue;  // a lone move draws nothing
      for (std::size_t i = first; i < k; ++i) {
        const std::int64_t choice = choices[static_cast<std::size_t>(command_rows[i])];
        const auto command =
            i == first ? icon::Command::kMove : static_cast<icon::Command>(choice + 1);
        icon::Arguments arguments{};
        for (std::size_t a = 0; a < 4 && command == icon::Command::kCubic; ++a) {
          arguments[a] = static_cast<icon::Value>(controls[4 * i + a]);
        }
        arguments[4] = static_cast<icon::Value>(ends[2 * i]);
        arguments[5] = static_cast<icon::Value>(ends[2 * i + 1]);
        out.commands.push_back(command);
        out.arguments.push_back(arguments);
      }
      out.contour_offsets.push_back(static_cast<std::uint32_t>(out.commands.size()));
      out.closed.push_back(static_cast<std::uint8_t>(closed[contour]));
      out.styles.push_back(static_cast<std::uint8_t>(styles[contour]));
    }
  }
  return icons;
}

}  // namespace svgfusion::model
