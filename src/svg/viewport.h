// SPDX-License-Identifier: MIT
#pragma once

#include "svgfusion/svg/document.h"

namespace svgfusion::svg {

// An attribute as a length in user units; unset when it is absent, "auto" or no length.
std::optional<double> length_attribute(const Element& element, std::string_view name,
                                       const LengthContext& context, LengthAxis axis);

// Size, view box and aspect ratio of the root element (SVG 2 §8.2): what is missing of width and
// height follows from the view box, without one from `default_size`. Throws SvgError when the
// picture has no size.
void read_root_viewport(const Element& root, std::string_view where, double default_size,
                        Document& document);

}  // namespace svgfusion::svg
