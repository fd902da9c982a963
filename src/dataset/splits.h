// SPDX-License-Identifier: MIT
// Which icons are for training, for validation and for testing.
#pragma once

#include "entry.h"
#include "svgfusion/dataset/data_config.h"

namespace svgfusion::dataset {

// What belongs together (a family, a set) gets one split. Families are spread by a hash of their
// name, one in twenty each for validation and test; sets the same way, unless the configuration
// names those to hold out. `source_name` is the entry's icon set.
Split split_of(const Entry& entry, const std::string& source_name, const DataConfig& config);

}  // namespace svgfusion::dataset
