// SPDX-License-Identifier: MIT
#pragma once

#include "svgfusion/icon/region.h"

namespace svgfusion::icon {

using Clips = std::vector<std::vector<svg::ClipShape>>;  // as FilledShape::clips

// Only the clips that can cut something of this extent: a box around it all does nothing.
Clips that_cut(const Clips& clips, const svg::Box& extent);

svg::Path rectangle(double width, double height);  // from the origin

}  // namespace svgfusion::icon
