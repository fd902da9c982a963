// SPDX-License-Identifier: MIT
// Which styles of an icon lie on each other, so that their order of painting, and that they are
// painted one by one, is part of the picture.
#pragma once

#include <cstdint>
#include <vector>

#include "svgfusion/icon/icon.h"

namespace svgfusion::icon {

// Rows of an icon's table of styles.
struct Overlap {
  std::uint8_t below = 0;
  std::uint8_t above = 0;  // painted later
  friend bool operator==(const Overlap&, const Overlap&) = default;
};

// The pairs of styles of different colours, whatever their opacities, and of equal fills, that
// cover more than a hundredth of a square icon unit together. An icon has at most 256 styles.
std::vector<Overlap> overlaps(const Icon& icon);

}  // namespace svgfusion::icon
