// SPDX-License-Identifier: MIT
#include "group_tools.h"

#include <algorithm>
#include <cmath>
#include <iterator>

namespace svgfusion::svg {

namespace {

// How far a stroke reaches from its line at most, in the shape's own units (SVG 2 §13.5).
double reach_of(const Stroke& stroke) {
  constexpr double kSquareCap = 1.5;  // its corner, and more
  const double half = stroke.width / 2;
  return stroke.join == LineJoin::kMiter ? half * std::max(kSquareCap, stroke.miterlimit)
                                         : half * kSquareCap;
}

Box bounds_of(const Group& group, const Matrix& to_local, bool with_strokes) {
  Box box;
  for (const Node& node : group.children) {
    const Shape* shape = std::get_if<Shape>(&node);
    if (shape == nullptr) {
      box.join(bounds_of(std::get<Group>(node), to_local, with_strokes));
      continue;
    }
    const Matrix m = to_local * shape->transform;
    Box part = bounds(transformed(shape->path, m));
    if (with_strokes && shape->stroke) {
      const double reach = reach_of(*shape->stroke);
      const Point grown{reach * std::hypot(m.a, m.c), reach * std::hypot(m.b, m.d)};
      part = {part.min_x - grown.x, part.min_y - grown.y, part.max_x + grown.x,
              part.max_y + grown.y};
    }
    box.join(part);
  }
  return box;
}

Box local_box(const Group& group, const Matrix& matrix, bool with_strokes) {
  if (matrix.determinant() == 0) return {};
  const double k = 1 / matrix.determinant();
  const Matrix inverse{matrix.d * k,
                       -matrix.b * k,
                       -matrix.c * k,
                       matrix.a * k,
                       (matrix.c * matrix.f - matrix.d * matrix.e) * k,
                       (matrix.b * matrix.e - matrix.a * matrix.f) * k};
  return bounds_of(group, inverse, with_strokes);
}

}  // namespace

Box local_bounds(const Group& group, const Matrix& matrix) {
  return local_box(group, matrix, false);
}

Box local_reach(const Group& group, const Matrix& matrix) { return local_box(group, matrix, true); }

void drop_unpainted(Group& group) {
  std::erase_if(group.children, [](Node& node) {
    if (const Shape* shape = std::get_if<Shape>(&node)) return !shape->fill && !shape->stroke;
    Group& inner = std::get<Group>(node);
    drop_unpainted(inner);
    return inner.children.empty();
  });
}

Matrix box_units(const Box& box) {
  if (box.empty()) return {0, 0, 0, 0, 0, 0};
  return {box.width(), 0, 0, box.height(), box.min_x, box.min_y};
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
