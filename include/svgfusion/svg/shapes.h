// SPDX-License-Identifier: MIT
#pragma once

#include <optional>

#include "svgfusion/svg/geometry.h"
#include "svgfusion/svg/style.h"
#include "svgfusion/svg/xml.h"

namespace svgfusion::svg {

// Whether the name is one of path, rect, circle, ellipse, line, polyline, polygon.
bool is_shape(std::string_view name);

struct ShapeGeometry {
  Path path;
  std::string problem;  // not empty: why the shape or a part of it is not drawn
};

// The equivalent path of a basic shape (SVG 2 §10.2 to §10.6), or the path itself. `declared` is
// what the element says: positions and sizes may stand in style sheets too.
ShapeGeometry shape_geometry(const Element& element, const Declared& declared,
                             const LengthContext& context);

}  // namespace svgfusion::svg
