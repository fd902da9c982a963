// SPDX-License-Identifier: MIT
#include "layers.h"

#include <algorithm>

#include "shape_sets.h"
#include "stroke_outline.h"

namespace svgfusion::icon {
namespace {

using svg::Box;

constexpr const char* kOverlap = "half-transparent shapes of one colour lie over each other";
constexpr const char* kInTurns = "colours are painted over each other in turns";

constexpr std::size_t kMaxCompared = 20'000;  // shapes
constexpr std::size_t kMaxCutting = 100'000;  // segments of what is cut out, once for each shape

Style fill_of(const Style& style) {
  Style fill;
  fill.color = style.color;
  return fill;
}

// As the style twice over itself (Porter and Duff, "over").
Style twice(Style style) {
  svg::Color color = unpack_color(style.color);
  color.alpha = 1 - (1 - color.alpha) * (1 - color.alpha);
  style.color = pack_color(color);
  return style;
}

}  // namespace

std::vector<FilledShape> outlines(const std::vector<svg::Subpath>& strokes, const Style& style) {
  const Pen pen{style.width, style.cap, style.join, style.miterlimit};
  return stroke_shapes({strokes}, pen, kOutlineTolerance);
}

std::vector<FilledShape> area_of(std::vector<svg::Subpath> contours, const Style& style) {
  if (style.kind == Style::Kind::kStroke) return outlines(contours, style);
  return {{{std::move(contours)}, svg::FillRule::kEvenOdd, {}, {}}};
}

std::optional<std::size_t> LayerStack::find(const Style& style) const {
  const auto found = std::find_if(layers_.begin(), layers_.end(),
                                  [&](const Layer& layer) { return layer.style == style; });
  if (found == layers_.end()) return std::nullopt;
  return static_cast<std::size_t>(found - layers_.begin());
}

bool LayerStack::lies_on(const Layer& layer, const std::vector<FilledShape>& added,
                         const Box& extent) {
  compared_ += layer.fills.size() + layer.strokes.size() + added.size();
  if (compared_ > kMaxCompared) return true;
  const std::vector<FilledShape> strokes = outlines(layer.strokes, layer.style);
  return overlap_within(layer.fills, added, extent) || overlap_within(strokes, added, extent);
}

// Whether what one of two layers of one colour gets lies on another colour between them.
bool LayerStack::lies_between(std::size_t a, std::size_t b, const std::vector<FilledShape>& added,
                              const Box& extent) {
  const auto [low, high] = std::minmax({a, b});
  for (std::size_t i = low + 1; i < high; ++i) {
    const Layer& layer = layers_[i];
    if (!is_same_color(layer.style, layers_[a].style) && !svg::apart(layer.extent, extent) &&
        lies_on(layer, added, extent))
      return true;
  }
  return false;
}

template <class Covered>
std::optional<std::size_t> LayerStack::layer_for(const Style& style, const Box& extent,
                                                 const Covered& covered) {
  const std::optional<std::size_t> own = find(style);
  if (!own) {
    layers_.push_back({style, {}, {}, extent});
    return layers_.size() - 1;
  }
  std::optional<std::vector<FilledShape>> added;
  for (std::size_t i = layers_.size(); --i > *own;) {
    // One colour gives the same picture in any order, whatever its opacities.
    const Layer& layer = layers_[i];
    if (is_same_color(layer.style, style) || svg::apart(layer.extent, extent)) continue;
    if (!added) added = covered();
    if (!lies_on(layer, *added, extent)) continue;
    if (!is_opaque(style) || !cut(i, *added, extent)) return std::nullopt;
  }
  layers_[*own].extent.join(extent);
  return own;
}

const char* LayerStack::why_not_below(const Style& style) const {
  return cuts_ || !is_opaque(style) ? kInTurns : kTooManyToCut;
}

bool LayerStack::cut(std::size_t layer, const std::vector<FilledShape>& by, Box extent) {
  had_cuts_ = true;
  if (!cuts_ || compared_ > kMaxCompared) return false;
  if (layers_[layer].style.kind == Style::Kind::kStroke) {
    const std::optional<std::size_t> fills = turn_to_fills(layer, by, extent);
    if (!fills) return false;
    layer = *fills;
  }
  const std::optional<std::size_t> cost = take_out(by, extent, layers_[layer].fills);
  cutting_ += cost.value_or(0);
  return cost && cutting_ <= kMaxCutting;
}

// Makes fills of those strokes of a layer that something lies on. Gives the layer they are in then,
// which may be a new one above; unset where none can hold them.
std::optional<std::size_t> LayerStack::turn_to_fills(std::size_t layer,
                                                     const std::vector<FilledShape>& touching,
                                                     Box extent) {
  const Style style = layers_[layer].style;
  // So that where all of them together lie under something, one of them does by itself.
  const double border = kBorderArea / static_cast<double>(layers_[layer].strokes.size());
  std::vector<FilledShape> area;
  std::erase_if(layers_[layer].strokes, [&](const svg::Subpath& stroke) {
    std::vector<FilledShape> outline = outlines({stroke}, style);
    compared_ += outline.size() + touching.size();
    // Half-transparent ones may be parts of one path, whose common area is not painted twice.
    const bool stays = is_opaque(style) && !overlap_within(outline, touching, extent, border);
    if (compared_ > kMaxCompared || stays) return false;
    std::move(outline.begin(), outline.end(), std::back_inserter(area));
    return true;
  });
  if (compared_ > kMaxCompared || area.empty()) return std::nullopt;
  const Box reach = extent_of(area);
  const Style fill = fill_of(style);
  const std::optional<std::size_t> known = find(fill);
  if (!known) {
    layers_.insert(layers_.begin() + static_cast<std::ptrdiff_t>(layer) + 1,
                   {fill, std::move(area), {}, reach});
    return layer + 1;
  }
  Layer& own = layers_[*known];
  if (lies_between(layer, *known, area, reach)) return std::nullopt;
  if (!is_opaque(fill) && overlap_within(own.fills, area, reach)) return std::nullopt;
  own.extent.join(reach);
  std::move(area.begin(), area.end(), std::back_inserter(own.fills));
  return known;
}

std::string LayerStack::add_fills(const Style& style, const Box& extent,
                                  std::vector<FilledShape> fills) {
  const std::optional<std::size_t> layer = layer_for(style, extent, [&] { return fills; });
  if (!layer) return why_not_below(style);
  std::vector<FilledShape>& own = layers_[*layer].fills;
  if (is_opaque(style) || !overlap_within(own, fills, extent)) {
    std::move(fills.begin(), fills.end(), std::back_inserter(own));
    return {};
  }
  had_cuts_ = true;
  if (!cuts_) return kTooManyToCut;
  auto shared = shares(std::move(own), std::move(fills), extent);
  if (shared) cutting_ += shared->cost;
  if (!shared || cutting_ > kMaxCutting) return kOverlap;
  own = std::move(shared->of_one);
  return add_fills(twice(style), extent, std::move(shared->of_both));
}

std::string LayerStack::add_strokes(const Style& style, const Box& extent,
                                    std::vector<svg::Subpath> strokes) {
  const std::optional<std::size_t> layer =
      layer_for(style, extent, [&] { return outlines(strokes, style); });
  if (!layer) return why_not_below(style);
  std::vector<svg::Subpath>& own = layers_[*layer].strokes;
  if (!is_opaque(style)) {
    std::vector<FilledShape> area = outlines(strokes, style);
    if (overlap_within(outlines(own, style), area, extent))
      return add_fills(fill_of(style), extent, std::move(area));
  }
  std::move(strokes.begin(), strokes.end(), std::back_inserter(own));
  return {};
}

}  // namespace svgfusion::icon
