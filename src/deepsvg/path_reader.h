// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "svgfusion/deepsvg/drawing.h"

namespace svgfusion::deepsvg {

// The whole text as a number.
std::optional<double> to_double(std::string_view text);

// Every match of [-+]?[0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]+)?, whatever stands between: "1." is 1, and
// "01.5" one number even after the flag of an arc.
std::vector<double> find_numbers(std::string_view text);

inline Point point(double x, double y) { return {static_cast<float>(x), static_cast<float>(y)}; }

// The subpaths of path data. Throws SvgError where the reference raises an exception.
std::vector<Path> read_path(std::string_view data);

}  // namespace svgfusion::deepsvg
