// SPDX-License-Identifier: MIT
#include "svgfusion/icon/icon.h"

#include <cmath>

#include "svgfusion/base/text.h"

namespace svgfusion::icon {

std::string to_text(const Style& style) {
  const svg::Color color = unpack_color(style.color);
  std::string text =
      base::concat(style.kind == Style::Kind::kFill ? "fill " : "stroke ", svg::to_hex(color));
  if (color.alpha != 1) text += base::concat(" ", base::to_fixed(100 * color.alpha, 0), "%");
  if (style.kind == Style::Kind::kStroke) {
    text += base::concat(" ", base::to_fixed(style.width, 3), " ", svg::name_of(style.cap), " ",
                         svg::name_of(style.join));
  }
  return text;
}

std::uint32_t pack_color(const svg::Color& color) {
  const auto alpha = static_cast<std::uint32_t>(std::lround(color.alpha * 255));
  return static_cast<std::uint32_t>(color.red) << 24 |
         static_cast<std::uint32_t>(color.green) << 16 |
         static_cast<std::uint32_t>(color.blue) << 8 | alpha;
}

svg::Color unpack_color(std::uint32_t color) {
  return {static_cast<std::uint8_t>(color >> 24), static_cast<std::uint8_t>(color >> 16),
          static_cast<std::uint8_t>(color >> 8), (color & 255u) / 255.0};
}

svg::Document to_document(const Icon& icon) {
  svg::Document document;
  document.width = document.height = kBoxSize;
  document.view_box = {0, 0, kBoxSize, kBoxSize};
  for (std::size_t row = 0; row < icon.styles.size(); ++row) {
    const Style& style = icon.styles[row];
    svg::Shape shape;
    for (const Contour& contour : icon.contours) {
      if (contour.style == row) shape.path.subpaths.push_back(contour.geometry);
    }
    if (shape.path.empty()) continue;
    if (style.kind == Style::Kind::kFill) {
      shape.fill = svg::Fill{unpack_color(style.color), svg::FillRule::kEvenOdd};
    } else {
      shape.stroke = svg::Stroke{unpack_color(style.color), style.width, style.cap, style.join,
                                 style.miterlimit,          {},          0};
    }
    document.root.children.emplace_back(std::move(shape));
  }
  return document;
}

}  // namespace svgfusion::icon
