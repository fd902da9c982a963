// SPDX-License-Identifier: MIT
#pragma once

#include "svgfusion/icon/region.h"

namespace svgfusion::icon {

using Clips = std::vector<std::vector<svg::ClipShape>>;  // as FilledShape::clips

// Only the clips that can cut something of this extent: a box around it all does nothing.
Clips that_cut(const Clips& clips, const svg::Box& extent);

// Whether the path is one rectangle along the axes.
bool is_rectangle(const svg::Path& path);

// Makes of a path what a fill sees of it: closed, without parts that have no area. Gives its
// bounds.
svg::Box close_for_fill(svg::Path& path);

svg::Path rectangle(double width, double height);  // from the origin

}  // namespace svgfusion::icon
