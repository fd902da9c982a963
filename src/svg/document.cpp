// SPDX-License-Identifier: MIT
// The walk over the element tree: viewports, groups, use, switch, and shapes with their paint.
#include "svgfusion/svg/document.h"

#include "document_reader.h"
#include "element_kinds.h"
#include "element_transform.h"
#include "final_state.h"
#include "group_tools.h"
#include "shape_paint.h"
#include "style_values.h"
#include "svgfusion/base/error.h"
#include "svgfusion/svg/shapes.h"
#include "viewport.h"

namespace svgfusion::svg {

using base::concat;
using base::SvgError;

Document DocumentReader::read() {
  if (root_.name != "svg") {
    throw SvgError(concat(where_, ":", root_.line,
                          ": the root element is not <svg>; expected an SVG document"));
  }
  read_root_viewport(root_, where_, options_.default_size, document_);
  if (document_.view_box.width > 0 && document_.view_box.height > 0) {
    screen_scale_ = view_box_transform(document_.view_box, document_.aspect_ratio, 0, 0,
                                       document_.width, document_.height)
                        .mean_scale();
  }
  Context context;
  context.lengths.viewport_width = document_.view_box.width;
  context.lengths.viewport_height = document_.view_box.height;
  const Declared declared(root_, index_.sheet());
  context.style = compute_style(context.style, declared, context.lengths);
  context.lengths.root_font_size = context.style.font_size;
  if (document_.view_box.width > 0 && document_.view_box.height > 0 &&
      !is_hidden(root_, declared)) {
    for (const std::string& what : index_.sheet().left_out())
      unsupported(root_, concat("style rule '", what, "' is not applied"));
    explain_left_out(root_, declared);
    context.matrix = own_transform(root_, declared, context);
    const auto draw = [&](Group& group) { walk_children(root_, context, group); };
    with_effects(root_, declared, context, document_.root, draw);
  }
  return std::move(document_);
}

void DocumentReader::report(Problem::Kind kind, const Element& element, std::string reason) {
  const bool ends = kind == Problem::Kind::kUnsupported && options_.stop_at_unsupported;
  stopped_ = stopped_ || ends;
  if (document_.problems.size() < options_.max_problems)
    document_.problems.push_back(
        {kind, std::string(element.name), element.line, std::move(reason)});
}
Matrix DocumentReader::own_transform(const Element& element, const Declared& declared,
                                     const Context& context) {
  ElementTransform transform = element_transform(declared, context.lengths);
  if (!transform.problem.empty()) {
    report(transform.is_unsupported ? Problem::Kind::kUnsupported : Problem::Kind::kInvalid,
           element, std::move(transform.problem));
  }
  return transform.matrix;
}

// What the element says that is neither applied nor drawn otherwise.
void DocumentReader::explain_left_out(const Element& element, const Declared& declared) {
  if (const std::string_view name = declared.left_out(); !name.empty())
    unsupported(element, concat("style '", name, "' is not applied"));
  const bool is_viewport = element.name == "use" || element.name == "symbol" ||
                           (element.name == "svg" && element.parent != nullptr);
  for (const Property side : {Property::kX, Property::kY, Property::kWidth, Property::kHeight}) {
    if (is_viewport && declared.is_from_css(side) && !is_keyword(declared[side], "auto"))
      unsupported(element, "a position or size from CSS is not applied to it");
  }
  for (const Element* child : element.children) {
    if (is_animation(child->name))
      unsupported(*child, "the animation does not come to rest; the still picture is drawn");
  }
  for (const Property property : {Property::kFill, Property::kStroke, Property::kColor}) {
    if (is_foreign_paint(declared[property]))
      unsupported(element, concat("colour '", declared[property], "' is not understood"));
  }
}

void DocumentReader::walk_children(const Element& element, const Context& context, Group& out) {
  for (const Element* child : element.children) walk(*child, context, out);
}

void DocumentReader::walk(const Element& element, const Context& parent, Group& out) {
  if (stopped_ || element.name.empty() || is_never_drawn(element.name) ||
      is_animation(element.name))
    return;
  budget_.spend_element(element);
  if (parent.depth >= options_.max_depth) {
    throw SvgError(
        concat(where_, ":", element.line, ": nested deeper than ", options_.max_depth, " levels"));
  }
  const Declared declared(element, index_.sheet());
  budget_.check_rules(element, index_.sheet());
  if (is_hidden(element, declared) || !conditions_hold(element, options_.language)) return;
  if (is_unsupported(element.name)) {
    unsupported(element, concat("<", element.name, "> is not supported"));
    return;
  }
  explain_left_out(element, declared);
  Context context = parent;
  ++context.depth;
  context.style = compute_style(parent.style, declared, parent.lengths);
  context.lengths.font_size = context.style.font_size;
  context.matrix = parent.matrix * own_transform(element, declared, context);
  if (context.matrix.determinant() == 0) return;  // not displayed (CSS Transforms 1 §6)
  const auto with = [&](const auto& draw) { with_effects(element, declared, context, out, draw); };
  if (element.name == "g" || element.name == "a") {
    with([&](Group& group) { walk_children(element, context, group); });
  } else if (element.name == "switch") {
    with([&](Group& group) { walk_switch(element, context, group); });
  } else if (element.name == "svg") {
    walk_viewport(element, declared, element, context, out);
  } else if (element.name == "use") {
    // Like one more transform of its own (SVG 2 §5.5).
    const double x = length_attribute(element, "x", context.lengths, LengthAxis::kX).value_or(0);
    const double y = length_attribute(element, "y", context.lengths, LengthAxis::kY).value_or(0);
    context.matrix = context.matrix * translation(x, y);
    with([&](Group& group) { walk_use(element, context, group); });
  } else if (is_shape(element.name)) {
    with([&](Group& group) { add_shape(element, declared, context, group); });
  }  // unknown elements are not drawn (SVG 2 §5.9)
}

void DocumentReader::walk_switch(const Element& element, const Context& context, Group& out) {
  for (const Element* child : element.children) {
    if (is_known(child->name) && conditions_hold(*child, options_.language)) {
      walk(*child, context, out);
      return;
    }
  }
}

// An inner <svg>, or a <symbol> drawn by <use>: `sized_by` gives width and height. What acts on the
// element as a whole is in the units inside, as browsers have it.
void DocumentReader::walk_viewport(const Element& element, const Declared& declared,
                                   const Element& sized_by, Context context, Group& out) {
  const auto viewport = inner_viewport(element, sized_by, context.lengths);
  if (!viewport) return;
  const Matrix to_outer = context.matrix;
  context.matrix = to_outer * viewport->to_outer;
  context.lengths.viewport_width = viewport->width;
  context.lengths.viewport_height = viewport->height;
  with_effects(element, declared, context, out, [&](Group& within) {
    Group group;
    walk_children(element, context, group);
    if (group.children.empty()) return;
    const std::string_view overflow = declared[Property::kOverflow];
    const bool may_cut = !is_keyword(overflow, "visible") && !is_keyword(overflow, "auto");
    if (!may_cut || viewport->window.contains(local_reach(group, to_outer), 0)) {
      move_children(group, within);
      return;
    }
    group.clip = window_clip(viewport->window, to_outer);
    within.children.emplace_back(std::move(group));
  });
}

// What a <use> draws; nullptr when it draws nothing, which is said where it names something.
const Element* DocumentReader::used_by(const Element& element) {
  const std::string_view* href = element.find("href");
  if (href == nullptr) return nullptr;
  if (!href->starts_with("#")) {
    unsupported(element, concat("use of '", *href, "': only elements of this file can be used"));
    return nullptr;
  }
  const Element* target = index_.target_of(element);
  if (target == nullptr) {
    invalid(element, concat("use of '", *href, "': no element has this id"));
    return nullptr;
  }
  for (const Element* up = &element; up != nullptr; up = up->parent) {
    if (up == target) {
      invalid(element, concat("use of '", *href, "' contains itself"));
      return nullptr;
    }
  }
  if (uses_.contains(target)) {
    invalid(element, concat("use of '", *href, "' leads back to itself"));
    return nullptr;
  }
  return target;
}

void DocumentReader::walk_use(const Element& element, Context context, Group& out) {
  const Element* target = used_by(element);
  if (target == nullptr) return;
  uses_.insert(target);
  context.style.context = context_paint(context.style);
  if (target->name == "symbol" || target->name == "svg") {
    const Declared declared(*target, index_.sheet());
    if (!is_hidden(*target, declared) && conditions_hold(*target, options_.language)) {
      explain_left_out(*target, declared);
      Context inner = context;
      ++inner.depth;
      inner.style = compute_style(context.style, declared, context.lengths);
      inner.matrix = context.matrix * own_transform(*target, declared, inner);
      walk_viewport(*target, declared, element, inner, out);
    }
  } else {
    walk(*target, context, out);
  }
  uses_.erase(target);
}

void DocumentReader::add_shape(const Element& element, const Declared& declared,
                               const Context& context, Group& out) {
  if (!context.style.visible && measuring_ == 0) return;
  if (const std::string_view* d = element.find("d")) budget_.spend_path_data(element, d->size());
  ShapeGeometry geometry = shape_geometry(element, declared, context.lengths);
  if (!geometry.problem.empty()) invalid(element, geometry.problem);
  if (geometry.path.empty()) return;
  budget_.spend_segments(element, geometry.path);
  if (!is_finite(context.matrix)) {
    invalid(element, "its transforms reach beyond all numbers; it is not drawn");
    return;
  }
  Shape unpainted;
  if (measuring_ > 0) unpainted = {geometry.path, context.matrix};
  if (!context.style.visible) {
    out.children.emplace_back(std::move(unpainted));
    return;
  }
  for (const std::string_view marker : context.style.markers) {
    if (may_have_markers(element.name) && index_.find(url_id(marker)) != nullptr)
      unsupported(element, "markers are not drawn");
  }
  auto shape = painted_shape(std::move(geometry.path), element, declared, context.style,
                             context.lengths, context.matrix, screen_scale_, paint_servers_,
                             [&](std::string why) { unsupported(element, std::move(why)); });
  if (shape) {
    out.children.emplace_back(std::move(*shape));
  } else if (measuring_ > 0) {
    out.children.emplace_back(std::move(unpainted));
  }
}

Document read_document(std::string_view bytes, std::string_view where, const ReadOptions& options) {
  const std::shared_ptr<Element> root = parse_xml(bytes, where, options.xml);
  apply_final_states(*root);
  return DocumentReader(*root, where, options).read();
}

std::string to_text(const Problem& problem) {
  return concat("<", problem.element, "> in line ", problem.line, ": ", problem.reason);
}

}  // namespace svgfusion::svg
