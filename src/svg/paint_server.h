// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "svgfusion/svg/style.h"
#include "tree_index.h"

namespace svgfusion::svg {

// The one colour a paint stands for, or unset for none. A gradient whose stops are all of one
// colour is that colour; any other paint server is explained and draws nothing.
std::optional<Color> solid_color(const Paint& paint, const Style& style, const TreeIndex& index,
                                 const std::function<void(std::string)>& explain);

}  // namespace svgfusion::svg
