// SPDX-License-Identifier: MIT
#pragma once

#include "svgfusion/svg/document.h"
#include "svgfusion/svg/length.h"

namespace svgfusion::svg {

// Where a <mask> acts, and the units of what it draws (CSS Masking 1 §9.1).
struct MaskFrame {
  Box window;          // in the masked element's units; nothing of it shows beyond
  Matrix to_document;  // from the units of the mask's content
};

// `bounds` is the masked element's bounding box in its own units, which `matrix` leads from.
MaskFrame mask_frame(const Element& mask, const Matrix& matrix, const LengthContext& lengths,
                     const Box& bounds);

// What <mask> inherits, from where it stands, and says itself: the masked element has no say in it.
Style style_of_definition(const Element& element, const StyleSheet& sheet,
                          const LengthContext& lengths);

}  // namespace svgfusion::svg
