// SPDX-License-Identifier: MIT
// Where the outlines of a region meet each other.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "monotone.h"

namespace svgfusion::icon {

inline constexpr double kVertex = 1e-4;  // icon units: ends nearer than this are one vertex

// The parameters of each source edge between which nothing meets it, 0 and 1 among them.
struct Cuts {
  std::vector<double> parameters;   // of one edge after another
  std::vector<std::size_t> begins;  // of each edge, and the end

  std::span<const double> of(std::size_t source) const {
    return std::span(parameters).subspan(begins[source], begins[source + 1] - begins[source]);
  }
};

// Unset when two outlines run along each other on different curves, or meet too often.
std::optional<Cuts> cuts_of(const std::vector<MonotoneEdge>& edges, std::size_t sources);

}  // namespace svgfusion::icon
