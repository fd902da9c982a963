// SPDX-License-Identifier: MIT
// What the walk does with an element, by its name and its conditions.
#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "style_values.h"
#include "svgfusion/base/text.h"
#include "svgfusion/svg/shapes.h"

namespace svgfusion::svg {

template <std::size_t N>
bool is_one_of(const std::array<std::string_view, N>& list, std::string_view name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

// Drawn by no renderer where it stands.
inline bool is_never_drawn(std::string_view name) {
  constexpr std::array<std::string_view, 18> kNames{
      "defs",           "clipPath", "mask", "marker",   "pattern",   "linearGradient",
      "radialGradient", "title",    "desc", "metadata", "style",     "script",
      "symbol",         "filter",   "view", "font",     "font-face", "cursor"};
  return is_one_of(kNames, name);
}

// Would be drawn, but not by this program.
inline bool is_unsupported(std::string_view name) {
  constexpr std::array<std::string_view, 6> kNames{"text",     "image", "foreignObject",
                                                   "textPath", "video", "audio"};
  return is_one_of(kNames, name);
}

// As browsers have it; SVG 2 §13.6 speaks of all shapes.
inline bool may_have_markers(std::string_view name) {
  constexpr std::array<std::string_view, 4> kNames{"path", "line", "polyline", "polygon"};
  return is_one_of(kNames, name);
}

inline bool is_animation(std::string_view name) {
  constexpr std::array<std::string_view, 5> kNames{"animate", "animateTransform", "animateMotion",
                                                   "set", "animateColor"};
  return is_one_of(kNames, name);
}

// A shape that is replaced by its contents has none (CSS Display 3 §2.5).
inline bool is_hidden(const Element& element, const Declared& declared) {
  const std::string_view display = declared[Property::kDisplay];
  return is_keyword(display, "none") || (is_keyword(display, "contents") && is_shape(element.name));
}

// What <switch> chooses among: any element of SVG, drawn or not.
inline bool is_known(std::string_view name) {
  constexpr std::array<std::string_view, 5> kContainers{"g", "a", "svg", "use", "switch"};
  return is_shape(name) || is_one_of(kContainers, name) || is_unsupported(name) ||
         is_never_drawn(name) || is_animation(name);
}

// SVG 2 §5.8: no extension is known (not even an empty list of them), and one of the languages must
// be the reader's.
inline bool conditions_hold(const Element& element, const std::string& own_language) {
  if (element.find("requiredExtensions") != nullptr) return false;
  const std::string_view* languages = element.find("systemLanguage");
  if (languages == nullptr) return true;
  for (const std::string& given : base::split(*languages, ',')) {
    const std::string language = base::lower(base::trim(given));
    if (language == own_language || language.starts_with(own_language + "-")) return true;
  }
  return false;
}

}  // namespace svgfusion::svg
