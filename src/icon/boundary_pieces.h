// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <vector>

#include "region_edges.h"

namespace svgfusion::icon {

// A part of a source edge with the region on its left alone.
struct BoundaryPiece {
  std::size_t source;
  double from, to;  // parameters on the source edge; from > to: run backwards
  svg::Point start;
  svg::Segment segment;
  std::size_t start_vertex, end_vertex;
  bool is_shared = false;  // by another edge, which runs a little beside it
  bool used = false;
};

// The contours that the pieces make, end to start; consecutive ones of one edge are one segment
// again. Where an end meets nothing it goes on at the nearest start, and what leads nowhere is left
// out, as far as either is too narrow to be seen. Unset when something wider does not close.
std::optional<std::vector<svg::Subpath>> join_pieces(std::vector<BoundaryPiece> pieces,
                                                     std::size_t vertices,
                                                     const std::vector<SourceEdge>& sources);

}  // namespace svgfusion::icon
