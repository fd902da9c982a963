// SPDX-License-Identifier: MIT
#include "mask_frame.h"

#include "group_tools.h"
#include "viewport.h"

namespace svgfusion::svg {
namespace {

bool is_by_bounds(const Element& mask, std::string_view name, bool otherwise) {
  const std::string_view* units = mask.find(name);
  if (units == nullptr) return otherwise;
  if (*units == "objectBoundingBox") return true;
  return *units == "userSpaceOnUse" ? false : otherwise;
}

}  // namespace

MaskFrame mask_frame(const Element& mask, const Matrix& matrix, const LengthContext& lengths,
                     const Box& bounds) {
  const Matrix of_bounds = box_units(bounds);
  const bool is_window_by_bounds = is_by_bounds(mask, "maskUnits", true);
  // Of a bounding box, lengths are shares of its sides.
  LengthContext context = lengths;
  if (is_window_by_bounds) context.viewport_width = context.viewport_height = 1;
  const auto side = [&](std::string_view name, LengthAxis axis, double share_of_viewport) {
    const double whole = axis == LengthAxis::kX ? context.viewport_width : context.viewport_height;
    return length_attribute(mask, name, context, axis).value_or(share_of_viewport * whole);
  };
  const double x = side("x", LengthAxis::kX, -0.1);
  const double y = side("y", LengthAxis::kY, -0.1);
  const double width = side("width", LengthAxis::kX, 1.2);
  const double height = side("height", LengthAxis::kY, 1.2);
  MaskFrame frame;
  frame.to_document = matrix;
  const bool shows = width > 0 && height > 0 && !(is_window_by_bounds && bounds.empty());
  if (shows) {
    for (const Point corner : {Point{x, y}, Point{x + width, y + height}})
      frame.window.add(is_window_by_bounds ? of_bounds.apply(corner) : corner);
  }
  if (is_by_bounds(mask, "maskContentUnits", false)) frame.to_document = matrix * of_bounds;
  return frame;
}

Style style_of_definition(const Element& element, const StyleSheet& sheet,
                          const LengthContext& lengths) {
  const Style parent =
      element.parent == nullptr ? Style{} : style_of_definition(*element.parent, sheet, lengths);
  return compute_style(parent, Declared(element, sheet), lengths);
}

double strength(const Color& color, const Mask& mask) {
  return color.alpha * (mask.by_alpha ? 1 : luminance(color));
}

}  // namespace svgfusion::svg
