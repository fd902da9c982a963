// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <optional>

#include "paint_server.h"
#include "svgfusion/svg/document.h"

namespace svgfusion::svg {

// The path with the fill and stroke of its style, or nothing where neither shows. `lengths` is what
// the style's percentages refer to; `matrix` leads to the document's units; `screen_scale` is how
// many px one of them has.
std::optional<Shape> painted_shape(Path path, const Element& element, const Declared& declared,
                                   const Style& style, const LengthContext& lengths,
                                   const Matrix& matrix, double screen_scale, PaintServers& servers,
                                   const std::function<void(std::string)>& explain);

}  // namespace svgfusion::svg
