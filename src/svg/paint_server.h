// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>

#include "svgfusion/svg/geometry.h"
#include "svgfusion/svg/style.h"
#include "tree_index.h"

namespace svgfusion::svg {

// What context-fill and context-stroke mean below a <use> of this style (SVG 2 §13.2).
std::shared_ptr<const ContextPaint> context_paint(const Style& style);

class PaintServers {
 public:
  explicit PaintServers(const TreeIndex& index) : index_(index) {}

  // The one colour a paint stands for on `path`, or unset for none. A gradient whose stops are all
  // of one colour is that colour; any other paint server is explained and draws nothing.
  std::optional<Color> solid_color(const Paint& paint, const Style& style, const Path& path,
                                   const std::function<void(std::string)>& explain);

 private:
  struct Gradient {
    std::size_t stops = 0;
    bool is_uniform = true;
    bool is_by_bounds = true;  // gradientUnits="objectBoundingBox"
    Color color;               // of the first stop
  };
  const Gradient& gradient(const Element& element);
  void read_stops(const Element& element, Gradient& out) const;

  const TreeIndex& index_;
  std::map<const Element*, Gradient> gradients_;  // read so far
};

}  // namespace svgfusion::svg
