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
  LengthContext outer;
  outer.viewport_width = box ? box->width : default_size;
  outer.viewport_height = box ? box->height : default_size;
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

std::optional<InnerViewport> inner_viewport(const Element& element, const Element& sized_by,
                                            const LengthContext& outer) {
  const auto own = [&](std::string_view name, LengthAxis axis) {
    return length_attribute(element, name, outer, axis);
  };
  const auto size = [&](std::string_view name, LengthAxis axis, double otherwise) {
    if (const auto value = length_attribute(sized_by, name, outer, axis)) return *value;
    return own(name, axis).value_or(otherwise);
  };
  // The x and y of a use are in the matrix around it; an inner svg then adds its own.
  const bool is_symbol = element.name == "symbol";
  const double x = is_symbol ? 0 : own("x", LengthAxis::kX).value_or(0);
  const double y = is_symbol ? 0 : own("y", LengthAxis::kY).value_or(0);
  const double width = size("width", LengthAxis::kX, outer.viewport_width);
  const double height = size("height", LengthAxis::kY, outer.viewport_height);
  if (!(width > 0) || !(height > 0)) return std::nullopt;
  InnerViewport out{{}, translation(x, y), width, height};
  out.window.add({x, y});
  out.window.add({x + width, y + height});
  std::optional<ViewBox> box;
  if (const std::string_view* text = element.find("viewBox")) box = parse_view_box(*text);
  if (!box) return out;
  if (box->width == 0 || box->height == 0) return std::nullopt;
  AspectRatio ratio;
  if (const std::string_view* text = element.find("preserveAspectRatio"))
    ratio = parse_aspect_ratio(*text);
  out.to_outer = view_box_transform(*box, ratio, x, y, width, height);
  out.width = box->width;
  out.height = box->height;
  return out;
}

std::shared_ptr<Clip> window_clip(const Box& window, const Matrix& matrix) {
  const auto& [left, top, right, bottom] = window;
  Path path;
  path.subpaths.push_back(
      {{left, top},
       {line_to({right, top}), line_to({right, bottom}), line_to({left, bottom})},
       true});
  auto clip = std::make_shared<Clip>();
  clip->shapes.push_back({std::move(path), matrix, FillRule::kNonZero});
  return clip;
}

}  // namespace svgfusion::svg
