// SPDX-License-Identifier: MIT
// Layers that are parted: of groups that are painted as one and then faded, what shows of each
// layer is faded by itself.
#include "layers.h"
#include "shape_sets.h"

namespace svgfusion::icon {
namespace {

std::vector<FilledShape> area_of(const Layer& layer) {
  if (layer.style.kind == Style::Kind::kFill) return layer.fills;
  return outlines(layer.strokes, layer.style);
}

// The layer's fills as shapes that are not cut, where that can be.
void find_boundary(Layer& layer) {
  if (!is_any_cut(layer.fills)) return;
  auto contours = even_odd_contours(layer.fills);
  if (!contours) return;
  layer.fills.clear();
  if (!contours->empty())
    layer.fills.push_back({{std::move(*contours)}, svg::FillRule::kEvenOdd, {}, {}});
}

}  // namespace

LayerStack LayerStack::begin_group() const {
  LayerStack group(cuts_);
  group.compared_ = compared_;
  group.cutting_ = cutting_;
  return group;
}

std::string LayerStack::end_group(LayerStack group, double opacity) {
  const auto never = [](const Style&, const Style&) { return false; };
  if (!group.part_layers(never)) return cuts_ ? kFadedGroup : kTooManyToCut;
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

// From the top: what cuts others is then cut itself as far as it will be, and its boundary is
// looked for once.
bool LayerStack::part_layers(const MayLieOn& may_lie_on) {
  for (std::size_t above = layers_.size(); above-- > 0;) {
    find_boundary(layers_[above]);
    for (std::size_t below = 0; below < above; ++below) {
      if (svg::apart(layers_[below].extent, layers_[above].extent) ||
          may_lie_on(layers_[below].style, layers_[above].style))
        continue;
      const Parted parted = part(below, above);
      if (parted == Parted::kFailed) return false;
      if (parted != Parted::kByMoving) continue;
      above = layers_.size();
      break;
    }
  }
  return true;
}

LayerStack::Parted LayerStack::part(std::size_t below, std::size_t above) {
  const svg::Box reach = layers_[above].extent;
  const std::vector<FilledShape> over = area_of(layers_[above]);
  if (!lies_on(layers_[below], over, reach)) return Parted::kNotNeeded;
  had_cuts_ = true;
  const Style lower = layers_[below].style;
  const Style upper = layers_[above].style;
  if (!cuts_) return Parted::kFailed;
  const auto cut_out_of = [&](std::size_t layer, const std::vector<FilledShape>& area,
                              svg::Box extent) {
    const bool moves = layers_[layer].style.kind == Style::Kind::kStroke;
    if (!cut(layer, area, extent)) return Parted::kFailed;
    return moves ? Parted::kByMoving : Parted::kByCutting;
  };
  if (is_same_color(lower, upper) && is_opaque(lower)) {
    if (is_opaque(upper)) return unite(below, above) ? Parted::kByMoving : Parted::kFailed;
    return cut_out_of(above, area_of(layers_[below]), layers_[below].extent);
  }
  return is_opaque(upper) ? cut_out_of(below, over, reach) : Parted::kFailed;
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
