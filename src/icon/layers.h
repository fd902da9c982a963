// SPDX-License-Identifier: MIT
// What a drawing paints, gathered by style, as far as the order of painting allows.
#pragma once

#include <string>
#include <vector>

#include "svgfusion/icon/icon.h"
#include "svgfusion/icon/region.h"

namespace svgfusion::icon {

inline constexpr double kOutlineTolerance = 0.004;  // of a stroke's outline, in icon units

// What strokes of a style cover.
std::vector<FilledShape> outlines(const std::vector<svg::Subpath>& strokes, const Style& style);

// Everything that is filled in one colour, or one stroke style.
struct Layer {
  Style style;
  std::vector<FilledShape> fills;
  std::vector<svg::Subpath> strokes;
  svg::Box extent;
};

// One layer a style, in the order of painting. Adding says why a paint cannot be kept among layers
// whose shapes are united and carry no order: empty when it can.
class LayerStack {
 public:
  std::string add_fills(const Style& style, const svg::Box& extent, std::vector<FilledShape> fills);
  std::string add_strokes(const Style& style, const svg::Box& extent,
                          std::vector<svg::Subpath> strokes);
  std::vector<Layer> take() { return std::move(layers_); }

 private:
  const Layer* find(const Style& style) const;
  const Layer* painted_before(const Style& style, const svg::Box& extent) const;
  // Unset when what is added, whose area `covered` tells, would come to lie below another colour
  // that was painted since the style's layer.
  template <class Covered>
  Layer* layer_for(const Style& style, const svg::Box& extent, const Covered& covered);
  bool lies_on(const Layer& layer, const std::vector<FilledShape>& added, const svg::Box& extent);

  std::vector<Layer> layers_;
  std::size_t compared_ = 0;  // shapes
};

}  // namespace svgfusion::icon
