// SPDX-License-Identifier: MIT
// The dataset file (*.dataset.safetensors): many token icons, ragged, memory-mapped, with labels,
// families, splits and names. dataset_writer.h writes it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "svgfusion/base/safetensors.h"
#include "svgfusion/icon/tokens.h"

namespace svgfusion::dataset {

inline constexpr std::int64_t kDatasetVersion = 1;

enum class Split : std::uint8_t { kTrain = 0, kValidation = 1, kTest = 2 };
const char* name_of(Split split);

// What is not an icon: the dataset's own description.
struct DatasetInfo {
  std::vector<std::string> label_names;
  std::vector<icon::Style> styles;
  icon::TokenLimits limits;
  int grid_bits = icon::kLeastGridBits;        // of all icons
  std::map<std::string, std::string> sources;  // free text: inputs, licences, options
};

// Everything is checked at opening: version, grid, offsets, ranges of every command, label and
// style. Throws FileError or DataError.
class Dataset {
 public:
  explicit Dataset(const std::filesystem::path& path);

  const std::filesystem::path& path() const { return file_.path(); }
  const DatasetInfo& info() const { return info_; }
  std::int64_t size() const { return static_cast<std::int64_t>(labels_.size()); }
  std::int64_t label_count() const { return static_cast<std::int64_t>(info_.label_names.size()); }

  std::span<const std::int64_t> contour_offsets() const { return contour_offsets_; }
  std::span<const std::int64_t> command_offsets() const { return command_offsets_; }
  std::span<const std::uint8_t> commands() const { return commands_; }
  std::span<const std::uint8_t> contour_closed() const { return contour_closed_; }
  std::span<const std::uint8_t> contour_styles() const { return contour_styles_; }
  std::span<const std::uint8_t> grids() const { return grids_; }
  std::span<const std::int32_t> labels() const { return labels_; }
  std::span<const std::int32_t> families() const { return families_; }

  icon::TokenIcon tokens(std::int64_t index) const;
  icon::Icon icon(std::int64_t index) const;
  std::string_view name(std::int64_t index) const;
  Split split(std::int64_t index) const;
  std::vector<std::int64_t> indices(Split split) const;

  // Sixteen hex digits of the content, to notice that a dataset changed under a run.
  std::string fingerprint() const;

 private:
  void check() const;
  void copy_arguments(std::int64_t command, icon::Arguments& out) const;

  base::SafetensorsFile file_;
  DatasetInfo info_;
  std::span<const std::int64_t> contour_offsets_;
  std::span<const std::int64_t> command_offsets_;
  std::span<const std::uint8_t> commands_;
  std::span<const std::uint8_t> arguments_;      // six a command
  std::span<const icon::Value> wide_arguments_;  // instead, on grids of more than 8 bits
  std::span<const std::uint8_t> contour_closed_;
  std::span<const std::uint8_t> contour_styles_;
  std::span<const std::uint8_t> grids_;
  std::span<const std::int32_t> labels_;
  std::span<const std::int32_t> families_;
  std::span<const std::uint8_t> splits_;
  std::span<const std::int64_t> name_offsets_;
  std::span<const std::uint8_t> names_;
};

// A label by name, or by index when no label has that name. Throws UsageError with near names.
std::int64_t find_label(const std::vector<std::string>& label_names,
                        const std::string& name_or_index);

}  // namespace svgfusion::dataset
