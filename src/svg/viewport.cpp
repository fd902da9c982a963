// SPDX-License-Identifier: MIT
#include "viewport.h"

#include "svgfusion/base/error.h"

namespace svgfusion::svg {

using base::concat;

std::optional<double> length_attribute(const Element& element, std::string_view name,
                                       const LengthContext& context, LengthAxis axis) {
  const std::string_view* text = element.find(name);
  if (text == nullptr) return std::nullopt;
  const auto parsed = parse_length(std::string_view(*text));
  if (!parsed) return std::nullopt;
  return parsed->resolve(context, axis);
}

void read_root_viewport(const Element& root, std::string_view where, double default_size,
                        Document& document) {
  std::optional<ViewBox> box;
  if (const std::string_view* text = root.find("viewBox")) {
    box = parse_view_box(*text);
    if (!box) {
      document.problems.push_back(
          {Problem::Kind::kInvalid, std::string(root.name), root.line,
           concat("viewBox '", *text, "' is not four numbers with sizes of 0 or more")});
    }
  }
  if (const std::string_view* text = root.find("preserveAspectRatio")) {
    document.aspect_ratio = parse_aspect_ratio(*text);
  }
  const LengthContext outer = box ? LengthContext{box->width, box->height, 16}
                                  : LengthContext{default_size, default_size, 16};
  auto width = length_attribute(root, "width", outer, LengthAxis::kX);
  auto height = length_attribute(root, "height", outer, LengthAxis::kY);
  if (box && box->width > 0 && box->height > 0) {
    if (!width && height) width = *height * box->width / box->height;
    if (!height && width) height = *width * box->height / box->width;
  }
  document.width = width.value_or(outer.viewport_width);
  document.height = height.value_or(outer.viewport_height);
  document.view_box = box.value_or(ViewBox{0, 0, document.width, document.height});
  if (!(document.width > 0) || !(document.height > 0)) {
    throw base::SvgError(concat(where, ":", root.line, ": the picture has no size (",
                                document.width, " x ", document.height,
                                "); expected a positive width and height"));
  }
}

}  // namespace svgfusion::svg
