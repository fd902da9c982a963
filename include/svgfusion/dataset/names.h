// SPDX-License-Identifier: MIT
// What a file name says about a drawing.
#pragma once

#include <string>
#include <string_view>

namespace svgfusion::dataset {

// The drawing's own name: the file name without its set ("mdi__"), extension, and words that name
// a style or a size ("bell-fill", "bell-outline-24" → "bell").
std::string base_name(std::string_view file_name);

}  // namespace svgfusion::dataset
