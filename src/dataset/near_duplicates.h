// SPDX-License-Identifier: MIT
// Icons that look the same although their coordinates differ.
#pragma once

#include <cstdint>
#include <vector>

#include "entry.h"
#include "svgfusion/dataset/data_config.h"
#include "svgfusion/icon/icon.h"

namespace svgfusion::dataset {

inline constexpr int kThumbnailSize = 24;

// Ink of the drawing, scaled so that its own bounds fill the picture (aspect kept) and in black, so
// that margins and colours do not matter. 24 x 24 values, row by row.
std::vector<std::uint8_t> thumbnail(const icon::Icon& icon);

// Drops icons for a picture that is there already: the distance of two is the sum of absolute
// differences over the larger of the two sums of ink, 0 equal, 2 disjoint. Icons held out for test
// and validation come first: of two in different splits the one in train goes, where they are
// within config.leak_distance. With config.duplicates `near`, of two in one split the later one
// goes, where they are within config.near_distance.
void drop_lookalikes(std::vector<Entry>& entries, const DataConfig& config);

}  // namespace svgfusion::dataset
