// SPDX-License-Identifier: MIT
#include "style_values.h"

#include <algorithm>

#include "svgfusion/base/text.h"
#include "svgfusion/svg/cursor.h"

namespace svgfusion::svg {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// In style sheets a length other than 0 has a unit (CSS Values 4 §6).
bool is_css_length(std::string_view text) {
  const auto length = parse_length(text);
  return length && (length->value == 0 || !(Cursor::is_digit(text.back()) || text.back() == '.'));
}

Paint parse_server(std::string_view text) {
  Paint paint;
  paint.kind = Paint::Kind::kServer;
  paint.server = url_id(text);
  const std::size_t close = text.find(')');
  const std::string_view rest =
      close == std::string_view::npos ? std::string_view() : base::trim(text.substr(close + 1));
  paint.fallback = Paint::Kind::kServer;
  if (is_keyword(rest, "none")) paint.fallback = Paint::Kind::kNone;
  if (is_keyword(rest, "currentcolor")) paint.fallback = Paint::Kind::kCurrentColor;
  if (const auto color = parse_color(rest)) {
    paint.fallback = Paint::Kind::kColor;
    paint.fallback_color = *color;
  }
  return paint;
}

}  // namespace

bool is_keyword(std::string_view text, std::string_view keyword) {
  return std::equal(text.begin(), text.end(), keyword.begin(), keyword.end(),
                    [](char a, char b) { return lower(a) == b; });
}

bool is_for_all(std::string_view text) {
  constexpr std::string_view kFirstLetters = "iurIUR";  // asked of every value, which seldom is one
  if (text.empty() || kFirstLetters.find(text.front()) == std::string_view::npos) return false;
  return is_keyword(text, "inherit") || is_keyword(text, "unset") || is_keyword(text, "initial") ||
         is_keyword(text, "revert");
}

std::optional<Paint> parse_paint(std::string_view text) {
  text = base::trim(text);
  if (text.starts_with("url(")) return parse_server(text);
  Paint paint;
  constexpr Keywords<Paint::Kind, 4> kKinds{{{"none", Paint::Kind::kNone},
                                             {"currentcolor", Paint::Kind::kCurrentColor},
                                             {"context-fill", Paint::Kind::kContextFill},
                                             {"context-stroke", Paint::Kind::kContextStroke}}};
  if (const auto kind = find_keyword(kKinds, text)) {
    paint.kind = *kind;
    return paint;
  }
  Cursor cursor(text);
  if (const auto color = parse_color(cursor)) {  // an ICC colour may follow; it is ignored
    paint.kind = Paint::Kind::kColor;
    paint.color = *color;
    return paint;
  }
  return std::nullopt;
}

std::optional<double> parse_share(std::string_view text) {
  Cursor cursor(text);
  const auto value = cursor.number();
  if (!value) return std::nullopt;
  const double share = cursor.take('%') ? *value / 100 : *value;
  cursor.skip_space();
  return cursor.at_end() ? std::optional(std::clamp(share, 0.0, 1.0)) : std::nullopt;
}

std::optional<double> parse_miterlimit(std::string_view text) {
  Cursor cursor(text);
  const auto limit = cursor.number();
  // Below 1 is an error (SVG 2 §13.5.5); the declaration is then ignored.
  return limit && *limit >= 1 && cursor.at_end() ? limit : std::nullopt;
}

std::vector<Length> parse_dashes(std::string_view text, const LengthContext& context) {
  std::vector<Length> dashes;
  Cursor cursor(text);
  while (true) {
    const auto length = parse_length(cursor);
    if (!length) break;
    dashes.push_back(length->computed(context));
    if (dashes.back().value < 0) return {};
    cursor.skip_space_and_comma();
  }
  if (!cursor.at_end()) return {};
  if (dashes.size() % 2 == 1) dashes.insert(dashes.end(), dashes.begin(), dashes.end());
  return dashes;
}

double parse_font_size(std::string_view text, const LengthContext& parent) {
  constexpr Keywords<double, 7> kNames{{{"xx-small", 9},
                                        {"x-small", 10},
                                        {"small", 13},
                                        {"medium", 16},
                                        {"large", 18},
                                        {"x-large", 24},
                                        {"xx-large", 32}}};
  if (const auto size = find_keyword(kNames, text)) return *size;
  const auto length = parse_length(text);
  if (!length) return parent.font_size;
  if (length->unit == Length::Unit::kPercent) return parent.font_size * length->value / 100;
  return length->resolve(parent, LengthAxis::kOther);
}

bool is_understood(Property property, std::string_view value) {
  if (is_for_all(value)) return true;
  switch (property) {
    case Property::kFill:
    case Property::kStroke:
      return parse_paint(value).has_value();
    case Property::kColor:
    case Property::kStopColor:
      return is_keyword(value, "currentcolor") || parse_color(value);
    case Property::kFillOpacity:
    case Property::kStrokeOpacity:
    case Property::kStopOpacity:
    case Property::kOpacity:
      return parse_share(value).has_value();
    case Property::kStrokeWidth:
    case Property::kStrokeDashoffset:
      return parse_length(value).has_value();
    case Property::kFillRule:
    case Property::kClipRule:
      return find_keyword(kFillRules, value).has_value();
    case Property::kStrokeLinecap:
      return find_keyword(kLineCaps, value).has_value();
    case Property::kStrokeLinejoin:
      return find_keyword(kLineJoins, value).has_value();
    case Property::kStrokeMiterlimit:
      return parse_miterlimit(value).has_value();
    case Property::kVisibility:
      return find_keyword(kVisibilities, value).has_value();
    case Property::kColorInterpolation:
      return find_keyword(kColorInterpolations, value).has_value();
    case Property::kMaskType:
      return is_keyword(value, "luminance") || is_keyword(value, "alpha");
    case Property::kCx:
    case Property::kCy:
    case Property::kR:
    case Property::kX:
    case Property::kY:
      return is_css_length(value);
    case Property::kRx:
    case Property::kRy:
    case Property::kWidth:
    case Property::kHeight:
      return is_keyword(value, "auto") || is_css_length(value);
    case Property::kD:
      return is_keyword(value, "none") || value.starts_with("path(");
    default:
      return true;
  }
}

bool is_foreign_paint(std::string_view text) {
  constexpr std::array<std::string_view, 9> kFunctions{
      "lab(", "lch(", "oklab(", "oklch(", "color(", "color-mix(", "light-dark(", "var(", "env("};
  // The viewer's own (CSS Color 4 §6.2).
  constexpr std::array<std::string_view, 19> kSystemColors{
      "accentcolor", "accentcolortext", "activetext",       "buttonborder", "buttonface",
      "buttontext",  "canvas",          "canvastext",       "field",        "fieldtext",
      "graytext",    "highlight",       "highlighttext",    "linktext",     "mark",
      "marktext",    "selecteditem",    "selecteditemtext", "visitedtext"};
  return std::any_of(kFunctions.begin(), kFunctions.end(),
                     [&](std::string_view f) { return text.starts_with(f); }) ||
         std::any_of(kSystemColors.begin(), kSystemColors.end(),
                     [&](std::string_view name) { return is_keyword(text, name); });
}

bool is_foreign_effect(std::string_view text) {
  return text.find('(') != std::string_view::npos && !text.starts_with("url(");
}

bool is_beyond_the_file(std::string_view text) {
  constexpr std::array<std::string_view, 6> kFunctions{"calc(",  "min(", "max(",
                                                       "clamp(", "env(", "attr("};
  constexpr std::array<std::string_view, 4> kUnits{"vw", "vh", "vmin", "vmax"};
  if (text.find('(') != std::string_view::npos) {
    const std::string lower = base::lower(text);
    return std::any_of(kFunctions.begin(), kFunctions.end(), [&](std::string_view function) {
      return lower.find(function) != std::string::npos;
    });
  }
  constexpr std::string_view kLastLetters = "whnxWHNX";
  if (text.empty() || kLastLetters.find(text.back()) == std::string_view::npos) return false;
  Cursor cursor(text);
  if (!cursor.number()) return false;
  const std::string unit = base::lower(cursor.identifier());
  return std::find(kUnits.begin(), kUnits.end(), unit) != kUnits.end();
}

std::string_view without_variables(std::string_view text) {
  while (text.starts_with("var(") && text.ends_with(")")) {
    const std::size_t comma = text.find(',');
    if (comma == std::string_view::npos) return {};
    text = base::trim(text.substr(comma + 1, text.size() - comma - 2));
  }
  return text;
}

}  // namespace svgfusion::svg
