// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "entry.h"

namespace svgfusion::dataset {

// One table of the `max_styles` commonest styles of all kept icons; their tokens' rows are made to
// point into it. Rows stand in an order of painting that few icons are against. A stroke of a rarer
// width takes the nearest width of the table, if it is within 5 %; icons with another rarer style
// are dropped with a reason, and so are icons whose colours the table would paint in another order.
// With `palette` > 0 colours are first moved to the nearest of so many, chosen to fit the icons.
std::vector<icon::Style> share_styles(std::vector<Entry>& entries, std::int64_t max_styles,
                                      std::int64_t palette);

}  // namespace svgfusion::dataset
