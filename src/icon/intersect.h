// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "monotone.h"

namespace svgfusion::icon {

// Adds the parameters of `a` and of `b` at which the edges meet; where both are parts of about one
// curve, those of each other's ends. False when they run along each other on different curves,
// where there is no finite set of them.
bool intersect(const MonotoneEdge& a, const MonotoneEdge& b, std::vector<double>& on_a,
               std::vector<double>& on_b);

}  // namespace svgfusion::icon
