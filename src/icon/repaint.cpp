// SPDX-License-Identifier: MIT
#include "svgfusion/icon/repaint.h"

#include "layers.h"
#include "shape_sets.h"

namespace svgfusion::icon {
namespace {

std::string add_row(LayerStack& stack, const Style& style, std::vector<svg::Subpath> contours) {
  if (contours.empty()) return {};
  std::vector<FilledShape> area = area_of(contours, style);
  const svg::Box extent = extent_of(area);
  return style.kind == Style::Kind::kStroke ? stack.add_strokes(style, extent, std::move(contours))
                                            : stack.add_fills(style, extent, std::move(area));
}

}  // namespace

Repainted repaint(const Icon& icon, const std::vector<Style>& styles,
                  const std::function<std::size_t(const Style&)>& rank) {
  Repainted out;
  std::vector<std::vector<svg::Subpath>> contours(styles.size());
  for (const Contour& contour : icon.contours) contours[contour.style].push_back(contour.geometry);
  LayerStack stack(true);
  for (std::size_t row = 0; row < styles.size(); ++row) {
    out.reason = add_row(stack, styles[row], std::move(contours[row]));
    if (!out.reason.empty()) return out;
  }
  const bool is_parted = stack.part_layers([&](const Style& below, const Style& above) {
    return is_same_color(below, above) || rank(below) < rank(above);
  });
  if (!is_parted) {
    out.reason = "its colours are painted in another order than the table's";
    return out;
  }
  LayerContours drawn = contours_of(stack.take(), SIZE_MAX);
  out.icon = std::move(drawn.icon);
  out.reason = std::move(drawn.reason);
  put_in_order(out.icon);
  return out;
}

}  // namespace svgfusion::icon
