// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string_view>

#include "svgfusion/svg/geometry.h"
#include "svgfusion/svg/length.h"

namespace svgfusion::svg {

// A transform list (SVG 1.1 §7.6). Unset for a syntax error anywhere in it: the attribute is then
// to be ignored as a whole.
std::optional<Matrix> parse_transform(std::string_view text);

// The transform property of a style sheet (CSS Transforms 1 §9): functions in the plane, with
// units; percentages are of the viewport. Unset for anything else.
std::optional<Matrix> parse_css_transform(std::string_view text, const LengthContext& lengths);

// transform-origin (CSS Transforms 1 §7): one or two of a length and left, right, top, bottom,
// center; what is missing is the centre of the viewport. Unset for a syntax error.
std::optional<Point> parse_transform_origin(std::string_view text, const LengthContext& lengths);

// preserveAspectRatio (SVG 2 §8.7): how a view box of one shape fills a viewport of another.
struct AspectRatio {
  bool none = false;   // stretch
  bool slice = false;  // cover instead of fit
  double align_x = 0.5;
  double align_y = 0.5;
};
AspectRatio parse_aspect_ratio(std::string_view text);

struct ViewBox {
  double x = 0, y = 0, width = 0, height = 0;
};
// Four numbers with width and height not negative, or unset.
std::optional<ViewBox> parse_view_box(std::string_view text);

// The map from view box units to a viewport of the given position and size (SVG 2 §8.2).
Matrix view_box_transform(const ViewBox& box, const AspectRatio& ratio, double x, double y,
                          double width, double height);

}  // namespace svgfusion::svg
