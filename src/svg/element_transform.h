// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "svgfusion/svg/geometry.h"
#include "svgfusion/svg/style.h"

namespace svgfusion::svg {

struct ElementTransform {
  Matrix matrix;
  std::string problem;          // not empty: why it is not what the element asks for
  bool is_unsupported = false;  // the problem is this program's, not the file's
};

// What the element's transform does, around its origin. An invalid one counts as absent.
ElementTransform element_transform(const Declared& declared, const LengthContext& lengths);

}  // namespace svgfusion::svg
