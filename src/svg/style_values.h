// SPDX-License-Identifier: MIT
// The values of properties: keywords without regard to case, as CSS compares them.
#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "svgfusion/svg/style.h"

namespace svgfusion::svg {

// Whether `text` is `keyword`, which is in lower case.
bool is_keyword(std::string_view text, std::string_view keyword);

template <class T, std::size_t N>
using Keywords = std::array<std::pair<std::string_view, T>, N>;

constexpr Keywords<FillRule, 2> kFillRules{
    {{"nonzero", FillRule::kNonZero}, {"evenodd", FillRule::kEvenOdd}}};
constexpr Keywords<LineCap, 3> kLineCaps{
    {{"butt", LineCap::kButt}, {"round", LineCap::kRound}, {"square", LineCap::kSquare}}};
constexpr Keywords<LineJoin, 4> kLineJoins{{{"miter", LineJoin::kMiter},
                                            {"miter-clip", LineJoin::kMiter},
                                            {"round", LineJoin::kRound},
                                            {"bevel", LineJoin::kBevel}}};
constexpr Keywords<bool, 3> kVisibilities{
    {{"visible", true}, {"hidden", false}, {"collapse", false}}};
constexpr Keywords<bool, 3> kColorInterpolations{
    {{"srgb", false}, {"auto", false}, {"linearrgb", true}}};

template <class T, std::size_t N>
std::optional<T> find_keyword(const Keywords<T, N>& keywords, std::string_view text) {
  for (const auto& [keyword, value] : keywords) {
    if (is_keyword(text, keyword)) return value;
  }
  return std::nullopt;
}

// inherit, unset, initial or revert: what every property takes.
bool is_for_all(std::string_view text);

std::optional<Paint> parse_paint(std::string_view text);
std::optional<double> parse_share(std::string_view text);  // a number or percentage, in [0, 1]
std::optional<double> parse_miterlimit(std::string_view text);
std::vector<Length> parse_dashes(std::string_view text, const LengthContext& context);
// `parent`: of the parent element.
double parse_font_size(std::string_view text, const LengthContext& parent);

// Whether a declaration says something of the property; one that does not is dropped, and what was
// declared before it stands (CSS Cascade 4 §4.4).
bool is_understood(Property property, std::string_view value);

// Valid in browsers of today, but not here: the drawing would be another one.
bool is_foreign_paint(std::string_view text);
// The same of a filter, clip path or mask: a function in place of a reference.
bool is_foreign_effect(std::string_view text);

// Whether a value is to be worked out from others (CSS Values 4 §10), which is not done here, or is
// a share of the viewer's window (§6.1.2), which no file knows.
bool is_beyond_the_file(std::string_view text);

// "var(--name, otherwise)" as its fallback, for custom properties are not applied; other text as it
// is. Empty where there is no fallback.
std::string_view without_variables(std::string_view text);

}  // namespace svgfusion::svg
