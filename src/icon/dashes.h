// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <vector>

#include "svgfusion/svg/geometry.h"

namespace svgfusion::icon {

inline constexpr const char* kTooManyDashes = "a stroke is cut into too many dashes";

// The dashes of a path as open subpaths (SVG 2 §13.5.6). `dashes` alternate drawn and gap lengths,
// an even count. Unset when there would be more than 10,000.
std::optional<std::vector<svg::Subpath>> cut_into_dashes(const svg::Path& path,
                                                         const std::vector<double>& dashes,
                                                         double offset);

}  // namespace svgfusion::icon
