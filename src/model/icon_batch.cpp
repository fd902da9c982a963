// SPDX-License-Identifier: MIT
#include "svgfusion/model/icon_batch.h"

#include "svgfusion/base/error.h"

namespace svgfusion::model {

IconBatch make_batch(const std::vector<icon::TokenIcon>& icons,
                     const std::vector<std::int64_t>& labels, torch::Device device,
                     const LongestGroups& longest) {
  SVGFUSION_CHECK(icons.size() == labels.size());
  std::vector<std::int64_t> commands, arguments, closed, styles, grids, contour_lengths,
      icon_lengths;
  for (const icon::TokenIcon& icon : icons) {
    for (std::size_t i = 0; i < icon.commands.size(); ++i) {
      commands.push_back(static_cast<std::int64_t>(icon.commands[i]));
      arguments.insert(arguments.end(), icon.arguments[i].begin(), icon.arguments[i].end());
    }
    for (std::size_t c = 0; c < icon.contour_count(); ++c)
      contour_lengths.push_back(icon.contour_length(c));
    closed.insert(closed.end(), icon.closed.begin(), icon.closed.end());
    styles.insert(styles.end(), icon.styles.begin(), icon.styles.end());
    grids.push_back(icon.grid.row);
    icon_lengths.push_back(static_cast<std::int64_t>(icon.contour_count()));
  }
  const auto tensor = [&](const std::vector<std::int64_t>& values) {
    return torch::tensor(values, torch::kLong).to(device);
  };
  IconBatch batch;
  batch.commands = tensor(commands);
  batch.arguments = tensor(arguments).view({-1, icon::kArgumentCount});
  batch.closed = tensor(closed);
  batch.styles = tensor(styles);
  batch.grids = tensor(grids);
  batch.labels = tensor(labels);
  batch.contours = nn::Ragged::from_lengths(contour_lengths, device, longest.commands);
  batch.icons = nn::Ragged::from_lengths(icon_lengths, device, longest.contours);
  return batch;
}

LabelledIcons read_icons(const dataset::Dataset& data, std::span<const std::int64_t> indices) {
  LabelledIcons out;
  for (const std::int64_t index : indices) {
    out.icons.push_back(data.tokens(index));
    out.labels.push_back(data.labels()[static_cast<std::size_t>(index)]);
  }
  return out;
}

IconBatch make_batch(const dataset::Dataset& data, std::span<const std::int64_t> indices,
                     torch::Device device) {
  const LabelledIcons read = read_icons(data, indices);
  return make_batch(read.icons, read.labels, device);
}

}  // namespace svgfusion::model
