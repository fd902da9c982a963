// SPDX-License-Identifier: MIT
#include "clip_reader.h"

#include "element_kinds.h"
#include "group_tools.h"
#include "style_values.h"
#include "svgfusion/base/text.h"
#include "svgfusion/svg/shapes.h"
#include "viewport.h"

namespace svgfusion::svg {
namespace {

constexpr int kMaxClipDepth =
    8;  // of clip paths in clip paths; how many there are the budget counts

// Cuts `clip` by `more` as well.
void cut_by(Clip& clip, const std::shared_ptr<const Clip>& more) {
  if (!clip.also) {
    clip.also = more;
    return;
  }
  auto also = std::make_shared<Clip>(*clip.also);
  cut_by(*also, more);
  clip.also = std::move(also);
}

}  // namespace

std::shared_ptr<const Clip> ClipReader::read(const Element& clip, const Matrix& matrix,
                                             const Style& style, const LengthContext& lengths,
                                             const std::function<Box()>& bounds, int depth) {
  auto out = std::make_shared<Clip>();
  if (depth > kMaxClipDepth) {
    explain_(clip, "clip paths refer to each other too deeply");
    return out;
  }
  const Declared declared(clip, index_.sheet());
  const ElementTransform transform = element_transform(declared, lengths);
  explain_left_out(clip, declared, transform);
  Matrix to_document = matrix * transform.matrix;
  const std::string_view* units = clip.find("clipPathUnits");
  if (units != nullptr && *units == "objectBoundingBox")
    to_document = to_document * box_units(bounds());
  const Style inner = compute_style(style, declared, lengths);
  std::vector<Part> parts;
  for (const Element* child : clip.children) {
    add_child(*child, to_document, inner, lengths, parts, depth);
  }
  for (Part& part : parts) {
    out->shapes.push_back(std::move(part.shape));
    if (!part.clip) continue;
    if (parts.size() == 1) {
      cut_by(*out, part.clip);
    } else {
      explain_(clip, "a clip path on one of several parts of a clip path is not supported");
    }
  }
  if (const Element* also = index_.find(url_id(declared[Property::kClipPath]));
      also != nullptr && also->name == "clipPath") {
    cut_by(*out, read(*also, matrix, style, lengths, bounds, depth + 1));
  }
  return out;
}

// What the element says that changes its outline and is not applied.
void ClipReader::explain_left_out(const Element& element, const Declared& declared,
                                  const ElementTransform& transform) const {
  if (transform.is_unsupported) explain_(element, transform.problem);
  if (!declared.left_out().empty())
    explain_(element, base::concat("style '", declared.left_out(), "' is not applied"));
  if (const std::string_view clip = declared[Property::kClipPath]; is_foreign_effect(clip))
    explain_(element, base::concat("'", clip, "' is not supported"));
}

void ClipReader::add_child(const Element& child, const Matrix& matrix, const Style& style,
                           const LengthContext& lengths, std::vector<Part>& out, int depth) {
  budget_.spend_element(child);
  const Declared declared(child, index_.sheet());
  if (is_hidden(child, declared) || depth > kMaxClipDepth) return;
  const Style computed = compute_style(style, declared, lengths);
  const ElementTransform transform = element_transform(declared, lengths);
  explain_left_out(child, declared, transform);
  const Matrix own = matrix * transform.matrix;
  const std::size_t first = out.size();
  if (child.name == "use") {
    add_used(child, own, computed, lengths, out, depth);
  } else if (child.name == "text") {
    explain_(child, "text in a clip path is not supported");
  } else if (is_shape(child.name) && computed.visible) {
    ShapeGeometry geometry = shape_geometry(child, declared, lengths);
    if (!geometry.path.empty())
      out.push_back({{std::move(geometry.path), own, computed.clip_rule}, nullptr});
  }
  const Element* clip = index_.find(url_id(declared[Property::kClipPath]));
  if (clip == nullptr || clip->name != "clipPath" || out.size() == first) return;
  const auto bounds = [&] {
    Shape drawn;
    drawn.path = out.back().shape.path;
    drawn.transform = out.back().shape.transform;
    Group group;
    group.children.emplace_back(std::move(drawn));
    return local_bounds(group, own);
  };
  Clip both;
  both.also = out.back().clip;
  cut_by(both, read(*clip, own, computed, lengths, bounds, depth + 1));
  out.back().clip = both.also;
}

void ClipReader::add_used(const Element& use, const Matrix& own, const Style& style,
                          const LengthContext& lengths, std::vector<Part>& out, int depth) {
  const Element* target = index_.target_of(use);
  if (target == nullptr || !is_shape(target->name)) return;
  const double x = length_attribute(use, "x", lengths, LengthAxis::kX).value_or(0);
  const double y = length_attribute(use, "y", lengths, LengthAxis::kY).value_or(0);
  add_child(*target, own * translation(x, y), style, lengths, out, depth + 1);
}

}  // namespace svgfusion::svg
