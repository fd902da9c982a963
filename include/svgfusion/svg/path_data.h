// SPDX-License-Identifier: MIT
// The `d` attribute (SVG 2 §9.3) and the `points` attribute (§10.6), read and written.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "svgfusion/svg/geometry.h"

namespace svgfusion::svg {

struct ParsedPath {
  Path path;
  // Where the first error stands; what came before it was kept (§9.5.4). Unset: no error.
  std::optional<std::size_t> error_at;
};

ParsedPath parse_path(std::string_view text);

// A list of coordinate pairs; an odd last number and everything from the first error is ignored.
std::vector<Point> parse_points(std::string_view text);

// Absolute M, L, Q, C and Z (Q for cubics that are raised quadratics) with at most `decimals`
// digits after the point.
std::string write_path(const Path& path, int decimals);
std::string write_path(const Subpath& subpath, int decimals);

}  // namespace svgfusion::svg
