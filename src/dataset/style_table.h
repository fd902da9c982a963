// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "svgfusion/dataset/prepare.h"

namespace svgfusion::dataset {

// The dataset's table of styles: fills before strokes, then by how many icons use them. Rewrites
// each icon's style rows to rows of the table; an icon with a style beyond `max_styles`, or whose
// colours would be painted in another order than its own, gets a skip reason.
std::vector<icon::Style> share_styles(std::vector<PreparedIcon>& icons, std::int64_t max_styles);

}  // namespace svgfusion::dataset
