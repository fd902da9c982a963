// SPDX-License-Identifier: MIT
// Groups that are painted as one and then faded: what shows of each layer, faded by itself.
#include "layers.h"
#include "shape_sets.h"

namespace svgfusion::icon {
namespace {

std::vector<FilledShape> area_of(const Layer& layer) {
  if (layer.style.kind == Style::Kind::kFill) return layer.fills;
  return outlines(layer.strokes, layer.style);
}

}  // namespace

LayerStack LayerStack::begin_group() const {
  LayerStack group(cuts_);
  group.compared_ = compared_;
  group.cutting_ = cutting_;
  return group;
}

std::string LayerStack::end_group(LayerStack group, double opacity) {
  if (!group.part_layers()) return cuts_ ? kFadedGroup : kTooManyToCut;
  compared_ = group.compared_;
  cutting_ = group.cutting_;
  had_cuts_ = had_cuts_ || group.had_cuts_;
  for (Layer& layer : group.layers_) {
    svg::Color color = unpack_color(layer.style.color);
    color.alpha *= opacity;
    layer.style.color = pack_color(color);
    std::string reason;
    if (!layer.fills.empty()) reason = add_fills(layer.style, layer.extent, std::move(layer.fills));
    if (!layer.strokes.empty())
      reason = add_strokes(layer.style, layer.extent, std::move(layer.strokes));
    if (!reason.empty()) return reason;
  }
  return {};
}

// Makes no layer lie on another. Says whether that could be done.
bool LayerStack::part_layers() {
  for (std::size_t below = 0; below < layers_.size(); ++below) {
    for (std::size_t above = below + 1; above < layers_.size(); ++above) {
      if (svg::apart(layers_[below].extent, layers_[above].extent)) continue;
      const std::optional<bool> changed = part(below, above);
      if (!changed) return false;
      if (!*changed) continue;
      below = 0;  // layers may have been added
      above = 0;
    }
  }
  return true;
}

// Says whether two layers had to be parted; unset where they cannot be.
std::optional<bool> LayerStack::part(std::size_t below, std::size_t above) {
  const svg::Box reach = layers_[above].extent;
  const std::vector<FilledShape> over = area_of(layers_[above]);
  if (!lies_on(layers_[below], over, reach)) return false;
  had_cuts_ = true;
  if (!cuts_) return std::nullopt;
  const Style lower = layers_[below].style;
  const Style upper = layers_[above].style;
  const auto done = [](bool could) { return could ? std::optional(true) : std::nullopt; };
  if (is_same_color(lower, upper) && is_opaque(lower))
    return done(is_opaque(upper) ? unite(below, above)
                                 : cut(above, area_of(layers_[below]), layers_[below].extent));
  return done(is_opaque(upper) && cut(below, over, reach));
}

// Two layers of one colour become fills where they touch.
bool LayerStack::unite(std::size_t below, std::size_t above) {
  const svg::Box low = layers_[below].extent;
  const svg::Box high = layers_[above].extent;
  const std::vector<FilledShape> under = area_of(layers_[below]);
  const std::vector<FilledShape> over = area_of(layers_[above]);
  const auto joins = [&](std::size_t layer, const std::vector<FilledShape>& touching,
                         const svg::Box& extent) {
    return layers_[layer].style.kind == Style::Kind::kFill ||
           turn_to_fills(layer, touching, extent).has_value();
  };
  return joins(above, under, low) && joins(below, over, high);
}

}  // namespace svgfusion::icon
