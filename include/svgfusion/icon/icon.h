// SPDX-License-Identifier: MIT
// The canonical icon: a 24 x 24 box holding a set of contours. Contours of one fill style are drawn
// together under the even-odd rule, so neither their order nor their direction carries meaning.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "svgfusion/svg/document.h"
#include "svgfusion/svg/geometry.h"

namespace svgfusion::icon {

inline constexpr double kBoxSize = 24;  // side of the box, in icon units

// How a contour is painted. Lengths are in icon units, colours 0xRRGGBBAA.
struct Style {
  enum class Kind : std::uint8_t { kFill, kStroke };
  Kind kind = Kind::kFill;
  std::uint32_t color = 0x000000FF;
  double width = 0;  // of a stroke; a fill has none of what follows
  svg::LineCap cap = svg::LineCap::kButt;
  svg::LineJoin join = svg::LineJoin::kMiter;
  double miterlimit = 4;
  friend bool operator==(const Style&, const Style&) = default;
};

inline bool is_opaque(const Style& style) { return (style.color & 0xFF) == 0xFF; }

// Their opacities may differ.
inline bool is_same_color(const Style& a, const Style& b) { return a.color >> 8 == b.color >> 8; }

// "fill #000000", "stroke #000000 2 round round"
std::string to_text(const Style& style);

// A closed contour's last line back to the start is left out: `closed` says it.
struct Contour {
  svg::Subpath geometry;
  std::size_t style = 0;  // row of the icon's table
};

struct Icon {
  std::vector<Style> styles;  // painted in this order
  std::vector<Contour> contours;
};

std::uint32_t pack_color(const svg::Color& color);
svg::Color unpack_color(std::uint32_t color);

// The icon as a drawing in the view box 0 0 24 24: one path a style.
svg::Document to_document(const Icon& icon);

// Puts an icon into the one documented order:
//  - a closed contour starts at its vertex with the smallest (y, x) and runs clockwise on the
//    screen; an open one starts at the end with the smaller (y, x);
//  - contours are sorted by start (y, x), then by their style, length and coordinates.
// Doing it twice changes nothing. Styles that no contour uses are dropped.
void put_in_order(Icon& icon);

}  // namespace svgfusion::icon
