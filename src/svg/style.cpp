// SPDX-License-Identifier: MIT
#include "svgfusion/svg/style.h"

#include <algorithm>

#include "svgfusion/base/text.h"

namespace svgfusion::svg {
namespace {

// In the order of the enum, which is alphabetical.
constexpr std::array<std::string_view, static_cast<std::size_t>(Property::kCount)> kPropertyNames{
    "clip-path",
    "clip-rule",
    "color",
    "display",
    "fill",
    "fill-opacity",
    "fill-rule",
    "filter",
    "font-size",
    "marker-end",
    "marker-mid",
    "marker-start",
    "mask",
    "opacity",
    "overflow",
    "paint-order",
    "shape-rendering",
    "stop-color",
    "stop-opacity",
    "stroke",
    "stroke-dasharray",
    "stroke-dashoffset",
    "stroke-linecap",
    "stroke-linejoin",
    "stroke-miterlimit",
    "stroke-opacity",
    "stroke-width",
    "visibility"};

constexpr std::uint32_t kStyleAttributeLevel = UINT32_MAX;

std::optional<Paint> parse_paint(std::string_view text) {
  Cursor cursor(text);
  cursor.skip_space();
  Paint paint;
  if (const std::string id = url_id(text); !id.empty() || cursor.rest().starts_with("url(")) {
    paint.kind = Paint::Kind::kServer;
    paint.server = id;
    const std::size_t close = text.find(')');
    const std::string_view rest =
        close == std::string_view::npos ? std::string_view() : base::trim(text.substr(close + 1));
    paint.fallback = Paint::Kind::kServer;
    if (rest == "none") paint.fallback = Paint::Kind::kNone;
    if (base::lower(rest) == "currentcolor") paint.fallback = Paint::Kind::kCurrentColor;
    if (const auto color = parse_color(rest)) {
      paint.fallback = Paint::Kind::kColor;
      paint.fallback_color = *color;
    }
    return paint;
  }
  const std::string word = base::lower(base::trim(text));
  if (word == "none") return paint;
  if (word == "currentcolor") {
    paint.kind = Paint::Kind::kCurrentColor;
    return paint;
  }
  if (const auto color = parse_color(cursor)) {  // an ICC colour may follow; it is ignored
    paint.kind = Paint::Kind::kColor;
    paint.color = *color;
    return paint;
  }
  return std::nullopt;
}

std::vector<double> parse_dashes(std::string_view text, const LengthContext& context) {
  std::vector<double> dashes;
  Cursor cursor(text);
  double total = 0;
  while (true) {
    const auto length = parse_length(cursor);
    if (!length) break;
    dashes.push_back(length->resolve(context, LengthAxis::kOther));
    if (dashes.back() < 0) return {};
    total += dashes.back();
    cursor.skip_space_and_comma();
  }
  if (!cursor.at_end() || total <= 0) return {};
  if (dashes.size() % 2 == 1) dashes.insert(dashes.end(), dashes.begin(), dashes.end());
  return dashes;
}

double parse_font_size(std::string_view text, double parent) {
  constexpr std::array<std::pair<std::string_view, double>, 7> kNames{{{"xx-small", 9},
                                                                       {"x-small", 10},
                                                                       {"small", 13},
                                                                       {"medium", 16},
                                                                       {"large", 18},
                                                                       {"x-large", 24},
                                                                       {"xx-large", 32}}};
  for (const auto& [name, size] : kNames) {
    if (text == name) return size;
  }
  const auto length = parse_length(text);
  if (!length) return parent;
  if (length->unit == Length::Unit::kPercent) return parent * length->value / 100;
  return length->resolve({0, 0, parent}, LengthAxis::kOther);
}

}  // namespace

Declared::Declared(const Element& element, const StyleSheet& sheet) {
  std::string_view style_attribute;
  for (const Attribute& attribute : element.attributes) {
    if (attribute.name == "style") {
      style_attribute = attribute.value;
    } else {
      put(attribute.name, base::trim(attribute.value), {});
    }
  }
  if (!sheet.empty()) {
    for (const StyleSheet::Match& match : sheet.match(element)) {
      for (const Declaration& d : *match.declarations) {
        put(d.name, d.value, {d.important, 1 + match.specificity});
      }
    }
  }
  for (const Declaration& d : parse_declarations(style_attribute)) {
    put(d.name, d.value, {d.important, kStyleAttributeLevel});
  }
}

void Declared::put(std::string_view name, std::string_view value, Priority priority) {
  if (name == "marker") {
    for (const std::string_view part : {"marker-start", "marker-mid", "marker-end"}) {
      put(part, value, priority);
    }
    return;
  }
  const auto it = std::lower_bound(kPropertyNames.begin(), kPropertyNames.end(), name);
  if (it == kPropertyNames.end() || *it != name) return;
  const auto index = static_cast<std::size_t>(it - kPropertyNames.begin());
  Priority& current = priorities_[index];
  const bool wins = priority.important != current.important ? priority.important
                                                            : priority.level >= current.level;
  if (!wins && !values_[index].empty()) return;
  values_[index] = value;
  current = priority;
}

const char* name_of(LineCap cap) {
  return cap == LineCap::kButt ? "butt" : cap == LineCap::kRound ? "round" : "square";
}
const char* name_of(LineJoin join) {
  return join == LineJoin::kMiter ? "miter" : join == LineJoin::kRound ? "round" : "bevel";
}

double parse_opacity(std::string_view text, double otherwise) {
  Cursor cursor(text);
  const auto value = cursor.number();
  if (!value) return otherwise;
  const double share = cursor.take('%') ? *value / 100 : *value;
  cursor.skip_space();
  return cursor.at_end() ? std::clamp(share, 0.0, 1.0) : otherwise;
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
    if (value.empty() || value == "inherit" || value == "unset") return;
    if (value == "initial") {
      reset();
    } else {
      set(value);
    }
  };
  apply(
      Property::kFontSize, [&](auto v) { style.font_size = parse_font_size(v, parent.font_size); },
      [&] { style.font_size = initial.font_size; });
  context.font_size = style.font_size;
  const auto opacity = [&](Property property, double Style::*member) {
    apply(
        property, [&](auto v) { style.*member = parse_opacity(v, style.*member); },
        [&] { style.*member = initial.*member; });
  };
  const auto length = [&](Property property, double Style::*member) {
    apply(
        property,
        [&](auto v) {
          if (const auto l = parse_length(v))
            style.*member = l->resolve(context, LengthAxis::kOther);
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
  const auto rule = [&](Property property, FillRule Style::*member) {
    apply(
        property,
        [&](auto v) {
          if (v == "evenodd") style.*member = FillRule::kEvenOdd;
          if (v == "nonzero") style.*member = FillRule::kNonZero;
        },
        [&] { style.*member = FillRule::kNonZero; });
  };
  apply(
      Property::kColor,
      [&](auto v) {
        if (const auto color = parse_color(v)) style.color = *color;
      },
      [&] { style.color = {}; });
  paint(Property::kFill, &Style::fill);
  opacity(Property::kFillOpacity, &Style::fill_opacity);
  rule(Property::kFillRule, &Style::fill_rule);
  rule(Property::kClipRule, &Style::clip_rule);
  paint(Property::kStroke, &Style::stroke);
  opacity(Property::kStrokeOpacity, &Style::stroke_opacity);
  length(Property::kStrokeWidth, &Style::stroke_width);
  length(Property::kStrokeDashoffset, &Style::stroke_dashoffset);
  apply(
      Property::kStrokeLinecap,
      [&](auto v) {
        if (v == "butt") style.stroke_linecap = LineCap::kButt;
        if (v == "round") style.stroke_linecap = LineCap::kRound;
        if (v == "square") style.stroke_linecap = LineCap::kSquare;
      },
      [&] { style.stroke_linecap = LineCap::kButt; });
  apply(
      Property::kStrokeLinejoin,
      [&](auto v) {
        if (v == "miter" || v == "miter-clip") style.stroke_linejoin = LineJoin::kMiter;
        if (v == "round") style.stroke_linejoin = LineJoin::kRound;
        if (v == "bevel") style.stroke_linejoin = LineJoin::kBevel;
      },
      [&] { style.stroke_linejoin = LineJoin::kMiter; });
  apply(
      Property::kStrokeMiterlimit,
      [&](auto v) {
        Cursor cursor(v);
        const auto limit = cursor.number();
        // Below 1 is an error (SVG 2 §13.5.5); the declaration is then ignored.
        if (limit && *limit >= 1 && cursor.at_end()) style.stroke_miterlimit = *limit;
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
      [&](auto v) { style.crisp_edges = v == "crispEdges" || v == "optimizeSpeed"; },
      [&] { style.crisp_edges = false; });
  apply(
      Property::kVisibility, [&](auto v) { style.visible = v == "visible"; },
      [&] { style.visible = true; });
  return style;
}

}  // namespace svgfusion::svg
