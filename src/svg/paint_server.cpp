// SPDX-License-Identifier: MIT
#include "paint_server.h"

#include <vector>

#include "style_values.h"
#include "svgfusion/base/text.h"

namespace svgfusion::svg {
namespace {

constexpr int kMaxGradientLinks = 32;

// The color property where the element stands.
Color color_at(const Element& element, const TreeIndex& index) {
  for (const Element* up = &element; up != nullptr; up = up->parent) {
    const Declared declared(*up, index.sheet());
    if (const auto color = parse_color(declared[Property::kColor])) return *color;
  }
  return {};
}

// The stops of a gradient, or of the one it refers to when it has none (SVG 2 §14.2.4).
std::vector<Color> gradient_stops(const Element* gradient, const TreeIndex& index) {
  std::vector<Color> stops;
  for (int link = 0; gradient != nullptr && stops.empty() && link < kMaxGradientLinks; ++link) {
    for (const auto& child : gradient->children) {
      if (child->name != "stop") continue;
      const Declared declared(*child, index.sheet());
      const std::string_view text = declared[Property::kStopColor];
      Color color;
      if (is_keyword(text, "currentcolor")) {
        color = color_at(*child, index);
      } else if (const auto parsed = parse_color(text)) {
        color = *parsed;
      }
      color.alpha *= parse_opacity(declared[Property::kStopOpacity], 1);
      stops.push_back(color);
    }
    const std::string_view* href = gradient->find("href");
    gradient = href != nullptr && href->starts_with("#") ? index.find(href->substr(1)) : nullptr;
  }
  return stops;
}

std::optional<Color> simple_color(Paint::Kind kind, const Color& color, const Style& style) {
  if (kind == Paint::Kind::kColor) return color;
  if (kind == Paint::Kind::kCurrentColor) return style.color;
  return std::nullopt;
}

}  // namespace

std::optional<Color> solid_color(const Paint& paint, const Style& style, const TreeIndex& index,
                                 const std::function<void(std::string)>& explain) {
  if (paint.kind == Paint::Kind::kContextFill || paint.kind == Paint::Kind::kContextStroke) {
    if (style.context == nullptr) return std::nullopt;
    const bool is_fill = paint.kind == Paint::Kind::kContextFill;
    return solid_color(is_fill ? style.context->fill : style.context->stroke, style, index,
                       explain);
  }
  if (paint.kind != Paint::Kind::kServer) return simple_color(paint.kind, paint.color, style);
  const Element* server = index.find(paint.server);
  const bool is_gradient =
      server != nullptr && (server->name == "linearGradient" || server->name == "radialGradient");
  if (!is_gradient && (server == nullptr || server->name != "pattern")) {
    return simple_color(paint.fallback, paint.fallback_color, style);
  }
  if (is_gradient) {
    const std::vector<Color> stops = gradient_stops(server, index);
    if (stops.empty()) return std::nullopt;
    bool uniform = true;
    for (const Color& stop : stops) uniform = uniform && stop == stops.front();
    if (uniform) return stops.front();
  }
  explain(base::concat("paint by a ", is_gradient ? "gradient" : "pattern",
                       " is not supported; it is not drawn"));
  return std::nullopt;
}

}  // namespace svgfusion::svg
