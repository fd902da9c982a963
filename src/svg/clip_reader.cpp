// SPDX-License-Identifier: MIT
#include "clip_reader.h"

#include "svgfusion/svg/shapes.h"
#include "svgfusion/svg/transform.h"

namespace svgfusion::svg {
namespace {

constexpr int kMaxDepth = 16;

Matrix attribute_transform(const Element& element) {
  const std::string_view* text = element.find("transform");
  return text == nullptr ? Matrix{} : parse_transform(*text).value_or(Matrix{});
}

}  // namespace

std::shared_ptr<const Clip> ClipReader::read(const Element& clip, const Matrix& matrix,
                                             const Style& style, const LengthContext& lengths,
                                             const std::function<Box()>& bounds, int depth) {
  auto out = std::make_shared<Clip>();
  if (depth > kMaxDepth) {
    explain_(clip, "clip paths refer to each other too deeply");
    return out;
  }
  Matrix to_document = matrix * attribute_transform(clip);
  const std::string_view* units = clip.find("clipPathUnits");
  if (units != nullptr && *units == "objectBoundingBox") {
    const Box box = bounds();
    to_document = to_document * Matrix{box.width(), 0, 0, box.height(), box.min_x, box.min_y};
  }
  const Declared declared(clip, index_.sheet());
  const Style inner = compute_style(style, declared, lengths);
  for (const auto& child : clip.children) {
    add_child(*child, to_document, inner, lengths, *out, depth);
  }
  if (const Element* also = index_.find(url_id(declared[Property::kClipPath]));
      also != nullptr && also->name == "clipPath") {
    out->also = read(*also, matrix, style, lengths, bounds, depth + 1);
  }
  return out;
}

void ClipReader::add_child(const Element& child, const Matrix& matrix, const Style& style,
                           const LengthContext& lengths, Clip& out, int depth) {
  const Declared declared(child, index_.sheet());
  if (declared[Property::kDisplay] == "none" || depth > kMaxDepth) return;
  const Style computed = compute_style(style, declared, lengths);
  const Matrix own = matrix * attribute_transform(child);
  if (!url_id(declared[Property::kClipPath]).empty()) {
    explain_(child, "a clip path on a part of a clip path is not supported");
    return;
  }
  if (child.name == "use") {
    const std::string_view* href = child.find("href");
    const Element* target =
        href == nullptr || !href->starts_with("#") ? nullptr : index_.find(href->substr(1));
    if (target == nullptr || !is_shape(target->name)) return;
    const auto offset = [&](std::string_view name, LengthAxis axis) {
      const std::string_view* text = child.find(name);
      const auto length = text == nullptr ? std::nullopt : parse_length(std::string_view(*text));
      return length ? length->resolve(lengths, axis) : 0.0;
    };
    add_child(*target, own * translation(offset("x", LengthAxis::kX), offset("y", LengthAxis::kY)),
              computed, lengths, out, depth + 1);
    return;
  }
  if (child.name == "text") {
    explain_(child, "text in a clip path is not supported");
    return;
  }
  if (!is_shape(child.name) || !computed.visible) return;
  ShapeGeometry geometry = shape_geometry(child, lengths);
  if (!geometry.path.empty())
    out.shapes.push_back({std::move(geometry.path), own, computed.clip_rule});
}

}  // namespace svgfusion::svg
