// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "entry.h"

namespace svgfusion::dataset {

// One table of the `data.max_styles` commonest styles of all kept icons; their tokens' rows are
// made to point into it. Rows stand in an order of painting that few icons are against: those are
// cut so that it gives their picture. A stroke of a rarer width takes the nearest width of the
// table, if it is within 5 %; icons with another rarer style are dropped with a reason, and so are
// those that the table's order cannot paint, or not within `data.limits`. With `data.palette` > 0
// colours are first moved to the nearest of so many, chosen to fit the icons.
std::vector<icon::Style> share_styles(std::vector<Entry>& entries, const DataConfig& data,
                                      int jobs);

}  // namespace svgfusion::dataset
