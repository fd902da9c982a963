// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "svgfusion/icon/region.h"

namespace svgfusion::icon {

// What a stroke covers, in icon units: the union of the shapes.
struct StrokeArea {
  std::vector<FilledShape> shapes;
  std::string reason;  // not empty: it has too many
};

// `to_box` leads from the shape's own units, in which its pen is round.
StrokeArea stroke_area(const svg::Shape& shape, const svg::Matrix& to_box);

}  // namespace svgfusion::icon
