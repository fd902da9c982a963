// SPDX-License-Identifier: MIT
#include "layers.h"

#include <algorithm>
#include <optional>

#include "stroke_outline.h"

namespace svgfusion::icon {
namespace {

constexpr const char* kOverlap = "half-transparent shapes of one colour lie over each other";
constexpr const char* kInTurns = "colours are painted over each other in turns";

constexpr std::size_t kMaxCompared = 20'000;  // shapes; then layers are taken to overlap

bool overlap_within(const std::vector<FilledShape>& before, const std::vector<FilledShape>& added,
                    const svg::Box& extent) {
  std::vector<FilledShape> near;
  std::copy_if(
      before.begin(), before.end(), std::back_inserter(near),
      [&](const FilledShape& shape) { return !svg::apart(svg::bounds(shape.path), extent); });
  return !near.empty() && overlap(near, added);
}

}  // namespace

std::vector<FilledShape> outlines(const std::vector<svg::Subpath>& strokes, const Style& style) {
  const Pen pen{style.width, style.cap, style.join, style.miterlimit};
  return stroke_shapes({strokes}, pen, kOutlineTolerance);
}

const Layer* LayerStack::find(const Style& style) const {
  const auto found = std::find_if(layers_.begin(), layers_.end(),
                                  [&](const Layer& layer) { return layer.style == style; });
  return found == layers_.end() ? nullptr : &*found;
}

// A layer's shapes are united, so half-transparent ones may not lie on those painted before: the
// picture is darker there. The layer to ask about that, if any.
const Layer* LayerStack::painted_before(const Style& style, const svg::Box& extent) const {
  const bool is_opaque = (style.color & 255u) == 255u;
  const Layer* layer = is_opaque ? nullptr : find(style);
  return layer == nullptr || svg::apart(layer->extent, extent) ? nullptr : layer;
}

bool LayerStack::lies_on(const Layer& layer, const std::vector<FilledShape>& added,
                         const svg::Box& extent) {
  compared_ += layer.fills.size() + layer.strokes.size() + added.size();
  if (compared_ > kMaxCompared) return true;
  const std::vector<FilledShape> strokes = outlines(layer.strokes, layer.style);
  return overlap_within(layer.fills, added, extent) || overlap_within(strokes, added, extent);
}

template <class Covered>
Layer* LayerStack::layer_for(const Style& style, const svg::Box& extent, const Covered& covered) {
  const bool is_known = find(style) != nullptr;
  std::optional<std::vector<FilledShape>> added;
  for (std::size_t i = layers_.size(); is_known && i-- > 0;) {
    Layer& layer = layers_[i];
    if (layer.style == style) {
      layer.extent.join(extent);
      return &layer;
    }
    // One colour gives the same picture in any order, whatever its opacities.
    const bool same_color = layer.style.color >> 8 == style.color >> 8;
    if (same_color || svg::apart(layer.extent, extent)) continue;
    if (!added) added = covered();
    if (lies_on(layer, *added, extent)) return nullptr;
  }
  layers_.push_back({style, {}, {}, extent});
  return &layers_.back();
}

std::string LayerStack::add_fills(const Style& style, const svg::Box& extent,
                                  std::vector<FilledShape> fills) {
  const Layer* before = painted_before(style, extent);
  if (before != nullptr && overlap_within(before->fills, fills, extent)) return kOverlap;
  Layer* layer = layer_for(style, extent, [&] { return fills; });
  if (layer == nullptr) return kInTurns;
  std::move(fills.begin(), fills.end(), std::back_inserter(layer->fills));
  return {};
}

std::string LayerStack::add_strokes(const Style& style, const svg::Box& extent,
                                    std::vector<svg::Subpath> strokes) {
  const Layer* before = painted_before(style, extent);
  if (before != nullptr &&
      overlap_within(outlines(before->strokes, style), outlines(strokes, style), extent)) {
    return kOverlap;
  }
  Layer* layer = layer_for(style, extent, [&] { return outlines(strokes, style); });
  if (layer == nullptr) return kInTurns;
  std::move(strokes.begin(), strokes.end(), std::back_inserter(layer->strokes));
  return {};
}

}  // namespace svgfusion::icon
