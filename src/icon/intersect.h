// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "monotone.h"

namespace svgfusion::icon {

enum class Contact {
  kPoints,  // in a finite set of points, or none
  kAlong,   // as parts of about one curve: given are each other's ends. A long search has told that
  kUnclear,  // along each other on different curves: there is no finite set
};

// Adds the parameters of `a` and of `b` at which the edges meet.
Contact intersect(const MonotoneEdge& a, const MonotoneEdge& b, std::vector<double>& on_a,
                  std::vector<double>& on_b);

}  // namespace svgfusion::icon
