// SPDX-License-Identifier: MIT
// What acts on an element as a whole: opacity, clip paths, masks and filters.
#include <utility>

#include "clip_reader.h"
#include "document_reader.h"
#include "group_tools.h"
#include "mask_frame.h"
#include "style_values.h"
#include "svgfusion/base/error.h"
#include "svgfusion/base/text.h"
#include "viewport.h"

namespace svgfusion::svg {

using base::concat;
namespace {

void turn_to_linear_grays(Group& group) {
  for (Node& node : group.children) {
    if (Group* inner = std::get_if<Group>(&node)) {
      turn_to_linear_grays(*inner);
      continue;
    }
    Shape& shape = std::get<Shape>(node);
    if (shape.fill) shape.fill->color = linear_gray(shape.fill->color);
    if (shape.stroke) shape.stroke->color = linear_gray(shape.stroke->color);
  }
}

}  // namespace

DocumentReader::Effects DocumentReader::effects_of(const Element& element,
                                                   const Declared& declared) {
  Effects effects;
  for (const Property property : {Property::kFilter, Property::kClipPath, Property::kMask}) {
    if (is_foreign_effect(declared[property]))
      unsupported(element, concat("'", declared[property], "' is not supported"));
  }
  if (const std::string id = url_id(declared[Property::kFilter]); !id.empty()) {
    effects.hide = true;
    if (index_.find(id) == nullptr) {  // a missing filter makes the element disappear
      invalid(element, concat("filter '", id, "' does not exist; the element is not drawn"));
    } else {
      unsupported(element, "filters are not supported; the element is not drawn");
    }
    return effects;
  }
  effects.opacity = parse_opacity(declared[Property::kOpacity], 1);
  effects.clip = referred(declared[Property::kClipPath], "clipPath");
  const std::string_view mask = declared[Property::kMask];
  effects.mask = referred(mask, "mask");
  if (effects.mask != nullptr && !base::trim(mask.substr(mask.find(')') + 1)).empty())
    unsupported(element, concat("mask '", mask, "' is more than a reference"));
  return effects;
}

// The element of this name that url(#id) means; nullptr for any other.
const Element* DocumentReader::referred(std::string_view url, std::string_view name) const {
  const Element* target = url.empty() ? nullptr : index_.find(url_id(url));
  return target != nullptr && target->name == name ? target : nullptr;
}

void DocumentReader::add_with(const Effects& effects, const Element& element,
                              const Context& context, Group group, Group& out) {
  group.opacity = effects.opacity;
  if (effects.clip != nullptr) add_clip(*effects.clip, element, context, group);
  if (effects.mask != nullptr) {
    add_mask(*effects.mask, element, context, group);
    if (group.mask == nullptr) return;
  }
  if (measuring_ == 0) drop_unpainted(group);
  fold_opacity(group);
  if (group.opacity == 0 || group.children.empty()) return;
  if (group.opacity == 1 && !group.clip && !group.mask) {
    move_children(group, out);
    return;
  }
  out.children.emplace_back(std::move(group));
}

void DocumentReader::add_clip(const Element& clip, const Element& clipped, const Context& context,
                              Group& group) {
  ClipReader reader(index_, budget_,
                    [&](const Element& at, std::string why) { unsupported(at, std::move(why)); });
  group.clip = reader.read(clip, context.matrix, context.style, context.lengths,
                           [&] { return local_bounds(group, context.matrix); });
  for (auto part = group.clip; part != nullptr; part = part->also) {
    for (const ClipShape& shape : part->shapes) budget_.spend_segments(clipped, shape.path);
  }
}

// Leaves the group without a mask where nothing of it shows.
void DocumentReader::add_mask(const Element& mask, const Element& masked, const Context& context,
                              Group& group) {
  budget_.spend_element(mask);
  const Declared declared(mask, index_.sheet());
  for (const Property property : {Property::kMask, Property::kClipPath, Property::kFilter}) {
    if (is_foreign_effect(declared[property]) || index_.find(url_id(declared[property])) != nullptr)
      unsupported(mask, "a mask that is itself masked, clipped or filtered is not supported");
  }
  if (!masks_.insert(&mask).second) {
    unsupported(masked, "its mask leads back to itself");
    return;
  }
  explain_left_out(mask, declared);
  const Box bounds = local_bounds(group, context.matrix);
  const MaskFrame frame = mask_frame(mask, context.matrix, context.lengths, bounds);
  const auto [known, is_new] = mask_styles_.try_emplace(&mask);
  if (is_new) known->second = style_of_definition(mask, index_.sheet(), context.lengths);
  Context inner{frame.to_document, known->second, context.lengths, context.depth + 1};
  inner.lengths.font_size = inner.style.font_size;
  auto read = std::make_shared<Mask>();
  read->by_alpha = is_keyword(declared[Property::kMaskType], "alpha");
  const int measuring = std::exchange(measuring_, 0);
  walk_children(mask, inner, read->content);
  measuring_ = measuring;
  if (inner.style.linear_rgb && !read->by_alpha) turn_to_linear_grays(read->content);
  masks_.erase(&mask);
  if (read->content.children.empty() || frame.window.empty()) return;
  if (!frame.window.contains(local_reach(group, context.matrix), 0)) {
    auto window = window_clip(frame.window, context.matrix);
    window->also = group.clip;
    group.clip = std::move(window);
  }
  group.mask = std::move(read);
}

}  // namespace svgfusion::svg
