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

// The viewport that an inner <svg> makes, or a <symbol> where it is used.
struct InnerViewport {
  Box window;       // in the units around it: beyond is cut off unless overflow says so
  Matrix to_outer;  // from the units inside
  double width = 0, height = 0;  // of the window in units inside: what percentages refer to
};

// Of `element`; width and height are those of `sized_by` first: the <use>, else the element itself.
// Unset when it shows nothing (SVG 2 §8.2).
std::optional<InnerViewport> inner_viewport(const Element& element, const Element& sized_by,
                                            const LengthContext& outer);

// Cuts off what lies beyond the window, given in the units that `matrix` maps to the document's.
std::shared_ptr<Clip> window_clip(const Box& window, const Matrix& matrix);

}  // namespace svgfusion::svg
