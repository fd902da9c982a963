// SPDX-License-Identifier: MIT
#include "svgfusion/dataset/dataset_writer.h"

#include <nlohmann/json.hpp>

#include "grid_json.h"
#include "svgfusion/base/error.h"
#include "svgfusion/base/safetensors.h"
#include "svgfusion/dataset/style_json.h"

namespace svgfusion::dataset {
namespace {

nlohmann::json describe(const DatasetInfo& info) {
  return {{"format_version", kDatasetVersion},
          {"grid", grid_to_json(info.grid_bits)},
          {"limits",
           {{"max_contours", info.limits.max_contours},
            {"max_commands_per_contour", info.limits.max_commands_per_contour},
            {"max_commands", info.limits.max_commands}}},
          {"styles", styles_to_json(info.styles)},
          {"label_names", info.label_names},
          {"sources", info.sources}};
}

}  // namespace

void DatasetWriter::add(const Sample& sample) {
  const icon::TokenIcon& tokens = sample.icon;
  for (std::size_t c = 0; c < tokens.contour_count(); ++c)
    command_offsets_.push_back(command_offsets_.back() + tokens.contour_length(c));
  for (std::size_t i = 0; i < tokens.commands.size(); ++i) {
    commands_.push_back(static_cast<std::uint8_t>(tokens.commands[i]));
    const icon::Arguments& arguments = tokens.arguments[i];
    if (tokens.grid.bits == icon::kLeastGridBits) {
      for (const icon::Value value : arguments)
        arguments_.push_back(static_cast<std::uint8_t>(value));
    } else {
      wide_arguments_.insert(wide_arguments_.end(), arguments.begin(), arguments.end());
    }
  }
  closed_.insert(closed_.end(), tokens.closed.begin(), tokens.closed.end());
  styles_.insert(styles_.end(), tokens.styles.begin(), tokens.styles.end());
  contour_offsets_.push_back(static_cast<std::int64_t>(closed_.size()));
  grids_.push_back(tokens.grid.row);
  labels_.push_back(sample.label);
  families_.push_back(sample.family);
  splits_.push_back(static_cast<std::uint8_t>(sample.split));
  names_.insert(names_.end(), sample.name.begin(), sample.name.end());
  name_offsets_.push_back(static_cast<std::int64_t>(names_.size()));
}

void DatasetWriter::write(const std::filesystem::path& path, const DatasetInfo& info) const {
  const auto rows = static_cast<std::int64_t>(commands_.size());
  const bool is_wide = info.grid_bits > icon::kLeastGridBits;
  SVGFUSION_CHECK((is_wide ? wide_arguments_.size() : arguments_.size()) ==
                      commands_.size() * icon::kArgumentCount,
                  "icons on other grids than of ", info.grid_bits, " bits");
  const std::vector<std::int64_t> shape{rows, icon::kArgumentCount};
  const base::TensorView arguments =
      is_wide ? base::view_of(std::span<const icon::Value>(wide_arguments_), shape)
              : base::view_of(std::span<const std::uint8_t>(arguments_), shape);
  base::write_safetensors(path,
                          {{"contour_offsets", base::view_of(contour_offsets_)},
                           {"command_offsets", base::view_of(command_offsets_)},
                           {"commands", base::view_of(commands_)},
                           {"arguments", arguments},
                           {"contour_closed", base::view_of(closed_)},
                           {"contour_styles", base::view_of(styles_)},
                           {"grids", base::view_of(grids_)},
                           {"labels", base::view_of(labels_)},
                           {"families", base::view_of(families_)},
                           {"split", base::view_of(splits_)},
                           {"name_offsets", base::view_of(name_offsets_)},
                           {"names", base::view_of(names_)}},
                          {{"svgfusion_dataset", describe(info).dump()}});
}

}  // namespace svgfusion::dataset
