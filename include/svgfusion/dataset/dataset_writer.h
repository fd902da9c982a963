// SPDX-License-Identifier: MIT
// Writes the dataset file; its tensors are listed in dataset_writer.cpp's one table.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "svgfusion/dataset/dataset.h"

namespace svgfusion::dataset {

struct Sample {
  icon::TokenIcon icon;
  std::int32_t label = 0;
  std::int32_t family = 0;
  Split split = Split::kTrain;
  std::string name;
};

// Icons stand in the file in the order they were added.
class DatasetWriter {
 public:
  void add(const Sample& sample);
  // Atomic. Icons must be on grids of info.grid_bits. Throws FileError.
  void write(const std::filesystem::path& path, const DatasetInfo& info) const;

 private:
  std::vector<std::int64_t> contour_offsets_{0};
  std::vector<std::int64_t> command_offsets_{0};
  std::vector<std::int64_t> name_offsets_{0};
  std::vector<std::uint8_t> commands_, arguments_, closed_, styles_, grids_, splits_, names_;
  std::vector<icon::Value> wide_arguments_;  // instead, on grids of more than 8 bits
  std::vector<std::int32_t> labels_, families_;
};

}  // namespace svgfusion::dataset
