// SPDX-License-Identifier: MIT
#include "paint_server.h"

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

std::optional<Color> simple_color(Paint::Kind kind, const Color& color, const Style& style) {
  if (kind == Paint::Kind::kColor) return color;
  if (kind == Paint::Kind::kCurrentColor) return style.color;
  return std::nullopt;
}

Color stop_color(const Element& stop, const Color& current, const TreeIndex& index) {
  const Declared declared(stop, index.sheet());
  const std::string_view text = declared[Property::kStopColor];
  Color color;
  if (is_keyword(text, "currentcolor")) {
    color = parse_color(declared[Property::kColor]).value_or(current);
  } else if (const auto parsed = parse_color(text)) {
    color = *parsed;
  }
  color.alpha *= parse_opacity(declared[Property::kStopOpacity], 1);
  return color;
}

}  // namespace

std::shared_ptr<const ContextPaint> context_paint(const Style& style) {
  const auto resolved = [&](const Paint& paint) {
    const bool is_fill = paint.kind == Paint::Kind::kContextFill;
    if (is_fill || paint.kind == Paint::Kind::kContextStroke) {
      if (style.context == nullptr) return Paint{};
      return is_fill ? style.context->fill : style.context->stroke;
    }
    Paint solid = paint;
    if (paint.kind == Paint::Kind::kCurrentColor) {
      solid.kind = Paint::Kind::kColor;
      solid.color = style.color;
    }
    return solid;
  };
  return std::make_shared<ContextPaint>(ContextPaint{resolved(style.fill), resolved(style.stroke)});
}

// With what it lacks of the one it refers to (SVG 2 §14.2.4).
const PaintServers::Gradient& PaintServers::gradient(const Element& element) {
  const auto [it, is_new] = gradients_.try_emplace(&element);
  Gradient& out = it->second;
  const std::string_view* units = nullptr;
  const Element* at = &element;
  for (int link = 0; is_new && at != nullptr && link < kMaxGradientLinks; ++link) {
    if (out.stops == 0) read_stops(*at, out);
    if (units == nullptr) units = at->find("gradientUnits");
    if (out.stops > 0 && units != nullptr) break;
    at = index_.target_of(*at);
  }
  if (units != nullptr) out.is_by_bounds = *units != "userSpaceOnUse";
  return out;
}

void PaintServers::read_stops(const Element& element, Gradient& out) const {
  const Color current = color_at(element, index_);
  for (const Element* child : element.children) {
    if (child->name != "stop") continue;
    const Color color = stop_color(*child, current, index_);
    if (out.stops++ == 0) out.color = color;
    out.is_uniform = out.is_uniform && color == out.color;
  }
}

std::optional<Color> PaintServers::solid_color(const Paint& paint, const Style& style,
                                               const Path& path,
                                               const std::function<void(std::string)>& explain) {
  if (paint.kind == Paint::Kind::kContextFill || paint.kind == Paint::Kind::kContextStroke) {
    if (style.context == nullptr) return std::nullopt;
    const bool is_fill = paint.kind == Paint::Kind::kContextFill;
    return solid_color(is_fill ? style.context->fill : style.context->stroke, style, path, explain);
  }
  if (paint.kind != Paint::Kind::kServer) return simple_color(paint.kind, paint.color, style);
  const Element* server = index_.find(paint.server);
  const bool is_gradient =
      server != nullptr && (server->name == "linearGradient" || server->name == "radialGradient");
  if (!is_gradient && (server == nullptr || server->name != "pattern")) {
    return simple_color(paint.fallback, paint.fallback_color, style);
  }
  if (is_gradient) {
    const Gradient& found = gradient(*server);
    if (found.stops == 0) return std::nullopt;
    if (found.stops == 1) return found.color;
    if (found.is_by_bounds) {  // of which a straight line has none (SVG 2 §14.2)
      const Box box = bounds(path);
      if (box.width() == 0 || box.height() == 0)
        return simple_color(paint.fallback, paint.fallback_color, style);
    }
    if (found.is_uniform) return found.color;
  }
  explain(base::concat("paint by a ", is_gradient ? "gradient" : "pattern",
                       " is not supported; it is not drawn"));
  return std::nullopt;
}

}  // namespace svgfusion::svg
