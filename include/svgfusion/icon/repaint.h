// SPDX-License-Identifier: MIT
// The same picture from fewer styles, or painted in another order.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "svgfusion/icon/icon.h"

namespace svgfusion::icon {

struct Repainted {
  Icon icon;
  std::string reason;  // not empty: the picture cannot be kept so
};

// Paints each row of the icon's table of styles in the style of the same row of `styles`, of which
// several may be equal, and gives the picture of that from layers that may be painted in the order
// of their `rank`: what lies over something of higher rank is cut out of that. Strokes become fills
// of their outline where they are cut.
Repainted repaint(const Icon& icon, const std::vector<Style>& styles,
                  const std::function<std::size_t(const Style&)>& rank);

}  // namespace svgfusion::icon
