// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "svgfusion/icon/region.h"

namespace svgfusion::icon {

// A path with its rule, as one condition of "inside".
struct Loop {
  svg::Path path;
  svg::FillRule rule = svg::FillRule::kNonZero;
};

// inside = OR over terms of (loop AND for each clip (OR of its loops)).
struct Term {
  std::size_t loop;
  std::vector<std::vector<std::size_t>> clips;
};

// The union of filled shapes as flat lists; points and scan lines are asked about it.
class Region {
 public:
  explicit Region(const std::vector<FilledShape>& shapes);

  const std::vector<Loop>& loops() const { return loops_; }
  // From the winding number about each loop.
  bool inside(const std::vector<int>& windings) const;
  bool inside(svg::Point p) const;

  struct Chord {  // a straight piece of a flattened outline
    svg::Point from;
    svg::Point to;
    std::size_t loop;
  };
  const std::vector<Chord>& chords() const { return chords_; }

 private:
  std::size_t add(svg::Path path, svg::FillRule rule);

  std::vector<Loop> loops_;
  std::vector<Term> terms_;
  std::vector<Chord> chords_;
};

// The boundary of the region from pieces of its own outlines; empty optional when it does not
// close.
std::optional<std::vector<svg::Subpath>> trace_boundary(const Region& region);

}  // namespace svgfusion::icon
