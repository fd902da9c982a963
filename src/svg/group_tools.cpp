// SPDX-License-Identifier: MIT
#include "group_tools.h"

#include <algorithm>
#include <iterator>

namespace svgfusion::svg {

Box local_bounds(const Group& group, const Matrix& matrix) {
  Box box;
  if (matrix.determinant() == 0) return box;
  const double k = 1 / matrix.determinant();
  const Matrix inverse{matrix.d * k,
                       -matrix.b * k,
                       -matrix.c * k,
                       matrix.a * k,
                       (matrix.c * matrix.f - matrix.d * matrix.e) * k,
                       (matrix.b * matrix.e - matrix.a * matrix.f) * k};
  for (const Node& node : group.children) {
    const Shape* shape = std::get_if<Shape>(&node);
    const Box part = shape != nullptr ? bounds(transformed(shape->path, inverse * shape->transform))
                                      : local_bounds(std::get<Group>(node), matrix);
    if (part.empty()) continue;
    box.add({part.min_x, part.min_y});
    box.add({part.max_x, part.max_y});
  }
  return box;
}

bool has_stroke(const Group& group) {
  return std::any_of(group.children.begin(), group.children.end(), [](const Node& node) {
    const Shape* shape = std::get_if<Shape>(&node);
    return shape != nullptr ? shape->stroke.has_value() : has_stroke(std::get<Group>(node));
  });
}

void fold_opacity(Group& group) {
  if (group.opacity == 1 || group.children.size() != 1) return;
  Shape* shape = std::get_if<Shape>(&group.children[0]);
  if (shape == nullptr || (shape->fill && shape->stroke)) return;
  (shape->fill ? shape->fill->color.alpha : shape->stroke->color.alpha) *= group.opacity;
  group.opacity = 1;
}

void move_children(Group& from, Group& into) {
  if (into.children.empty()) {
    into.children = std::move(from.children);
    return;
  }
  std::move(from.children.begin(), from.children.end(), std::back_inserter(into.children));
}

}  // namespace svgfusion::svg
