// SPDX-License-Identifier: MIT
#include "svgfusion/svg/style.h"

#include <algorithm>

#include "style_values.h"
#include "svgfusion/base/text.h"

namespace svgfusion::svg {
const char* name_of(LineCap cap) {
  return cap == LineCap::kButt ? "butt" : cap == LineCap::kRound ? "round" : "square";
}
const char* name_of(LineJoin join) {
  return join == LineJoin::kMiter ? "miter" : join == LineJoin::kRound ? "round" : "bevel";
}

double parse_opacity(std::string_view text, double otherwise) {
  return parse_share(text).value_or(otherwise);
}

std::string url_id(std::string_view text) {
  Cursor cursor(text);
  cursor.skip_space();
  if (!cursor.take("url(")) return {};
  const std::size_t close = cursor.rest().find(')');
  if (close == std::string_view::npos) return {};
  std::string_view inside = base::trim(cursor.rest().substr(0, close));
  if (inside.size() >= 2 && (inside.front() == '"' || inside.front() == '\'') &&
      inside.back() == inside.front()) {
    inside = base::trim(inside.substr(1, inside.size() - 2));
  }
  return inside.starts_with("#") ? std::string(inside.substr(1)) : std::string();
}

Style compute_style(const Style& parent, const Declared& declared, LengthContext context) {
  Style style = parent;
  const Style initial;
  // Calls `set` with the value unless it is absent or a keyword that CSS defines for all.
  const auto apply = [&](Property property, auto&& set, auto&& reset) {
    const std::string_view value = declared[property];
    if (value.empty() || is_keyword(value, "inherit") || is_keyword(value, "unset") ||
        is_keyword(value, "revert"))
      return;
    if (is_keyword(value, "initial")) {
      reset();
    } else {
      set(value);
    }
  };
  context.font_size = parent.font_size;
  apply(
      Property::kFontSize, [&](auto v) { style.font_size = parse_font_size(v, context); },
      [&] { style.font_size = initial.font_size; });
  context.font_size = style.font_size;
  const auto opacity = [&](Property property, double Style::*member) {
    apply(
        property, [&](auto v) { style.*member = parse_opacity(v, style.*member); },
        [&] { style.*member = initial.*member; });
  };
  const auto length = [&](Property property, Length Style::*member) {
    apply(
        property,
        [&](auto v) {
          if (const auto l = parse_length(v)) style.*member = l->computed(context);
        },
        [&] { style.*member = initial.*member; });
  };
  const auto paint = [&](Property property, Paint Style::*member) {
    apply(
        property,
        [&](auto v) {
          if (auto p = parse_paint(v)) style.*member = *p;
        },
        [&] { style.*member = initial.*member; });
  };
  const auto keyword = [&](Property property, const auto& keywords, auto Style::*member) {
    apply(
        property,
        [&](auto v) { style.*member = find_keyword(keywords, v).value_or(style.*member); },
        [&] { style.*member = initial.*member; });
  };
  apply(
      Property::kColor,
      [&](auto v) {
        if (const auto color = parse_color(v)) style.color = *color;
      },
      [&] { style.color = {}; });
  paint(Property::kFill, &Style::fill);
  opacity(Property::kFillOpacity, &Style::fill_opacity);
  keyword(Property::kFillRule, kFillRules, &Style::fill_rule);
  keyword(Property::kClipRule, kFillRules, &Style::clip_rule);
  paint(Property::kStroke, &Style::stroke);
  opacity(Property::kStrokeOpacity, &Style::stroke_opacity);
  length(Property::kStrokeWidth, &Style::stroke_width);
  length(Property::kStrokeDashoffset, &Style::stroke_dashoffset);
  keyword(Property::kStrokeLinecap, kLineCaps, &Style::stroke_linecap);
  keyword(Property::kStrokeLinejoin, kLineJoins, &Style::stroke_linejoin);
  keyword(Property::kVisibility, kVisibilities, &Style::visible);
  keyword(Property::kColorInterpolation, kColorInterpolations, &Style::linear_rgb);
  apply(
      Property::kStrokeMiterlimit,
      [&](auto v) {
        style.stroke_miterlimit = parse_miterlimit(v).value_or(style.stroke_miterlimit);
      },
      [&] { style.stroke_miterlimit = initial.stroke_miterlimit; });
  apply(
      Property::kStrokeDasharray,
      [&](auto v) { style.stroke_dasharray = parse_dashes(v, context); },
      [&] { style.stroke_dasharray.clear(); });
  apply(
      Property::kPaintOrder,
      [&](auto v) {
        const std::size_t fill = v.find("fill");
        const std::size_t stroke = v.find("stroke");
        style.stroke_first =
            stroke != std::string_view::npos && (fill == std::string_view::npos || stroke < fill);
      },
      [&] { style.stroke_first = false; });
  apply(
      Property::kShapeRendering,
      [&](auto v) {
        style.crisp_edges = is_keyword(v, "crispedges") || is_keyword(v, "optimizespeed");
      },
      [&] { style.crisp_edges = false; });
  constexpr std::array kMarkers{Property::kMarkerStart, Property::kMarkerMid, Property::kMarkerEnd};
  for (std::size_t i = 0; i < kMarkers.size(); ++i) {
    apply(
        kMarkers[i], [&](auto v) { style.markers[i] = v; }, [&] { style.markers[i] = {}; });
  }
  return style;
}

}  // namespace svgfusion::svg
