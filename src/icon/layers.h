// SPDX-License-Identifier: MIT
// What a drawing paints, gathered by style, with the picture that its order of painting gives.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "svgfusion/icon/canonical.h"
#include "svgfusion/icon/icon.h"
#include "svgfusion/icon/region.h"

namespace svgfusion::icon {

inline constexpr double kOutlineTolerance = 0.004;  // of a stroke's outline, in icon units

inline constexpr const char* kFadedGroup =
    "a half-transparent group of several shapes cannot be kept as separate contours";

// What strokes of a style cover.
std::vector<FilledShape> outlines(const std::vector<svg::Subpath>& strokes, const Style& style);

// What contours of a style cover: fills by the even-odd rule.
std::vector<FilledShape> area_of(std::vector<svg::Subpath> contours, const Style& style);

// Everything that is filled in one colour, or one stroke style.
struct Layer {
  Style style;
  std::vector<FilledShape> fills;
  std::vector<svg::Subpath> strokes;
  svg::Box extent;
};

// One layer a style, in the order of painting; a layer's shapes are united and carry no order. What
// an opaque paint covers of layers that were begun after its own is cut out of them, and where
// half-transparent paints of one style lie over each other, their common area goes to the layer of
// a stronger one. Adding says why the picture cannot be kept so: empty when it can.
class LayerStack {
 public:
  // Without cuts, a drawing that needs one cannot be kept.
  explicit LayerStack(bool cuts) : cuts_(cuts) {}
  std::string add_fills(const Style& style, const svg::Box& extent, std::vector<FilledShape> fills);
  std::string add_strokes(const Style& style, const svg::Box& extent,
                          std::vector<svg::Subpath> strokes);
  // A stack of its own for what is painted as one and then faded.
  LayerStack begin_group() const;
  std::string end_group(LayerStack group, double opacity);

  // Makes no layer lie on another of which `may_lie_on(below, above)` is false. Says whether that
  // could be done.
  using MayLieOn = std::function<bool(const Style& below, const Style& above)>;
  bool part_layers(const MayLieOn& may_lie_on);
  bool had_cuts() const { return had_cuts_; }
  std::vector<Layer> take() { return std::move(layers_); }

 private:
  std::optional<std::size_t> find(const Style& style) const;
  // Unset when what is added, whose area `covered` tells, would come to lie below another colour
  // that was painted since the style's layer.
  template <class Covered>
  std::optional<std::size_t> layer_for(const Style& style, const svg::Box& extent,
                                       const Covered& covered);
  const char* why_not_below(const Style& style) const;
  bool lies_on(const Layer& layer, const std::vector<FilledShape>& added, const svg::Box& extent);
  bool lies_between(std::size_t a, std::size_t b, const std::vector<FilledShape>& added,
                    const svg::Box& extent);
  enum class Parted { kNotNeeded, kByCutting, kByMoving, kFailed };  // moving changes the layers
  Parted part(std::size_t below, std::size_t above);
  bool unite(std::size_t below, std::size_t above);
  // These may move the layers, so that nothing of one may be referred to.
  bool cut(std::size_t layer, const std::vector<FilledShape>& by, svg::Box extent);
  std::optional<std::size_t> turn_to_fills(std::size_t layer,
                                           const std::vector<FilledShape>& touching,
                                           svg::Box extent);

  bool cuts_;
  bool had_cuts_ = false;
  std::vector<Layer> layers_;
  std::size_t compared_ = 0;  // shapes
  std::size_t cutting_ = 0;   // segments
};

struct LayerContours {
  Icon icon;
  std::string reason;         // not empty: they cannot be found
  bool is_too_large = false;  // more than enough of them: they were not all looked for
};
LayerContours contours_of(std::vector<Layer> layers, std::size_t enough);

}  // namespace svgfusion::icon
