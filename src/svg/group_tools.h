// SPDX-License-Identifier: MIT
#pragma once

#include "svgfusion/svg/document.h"

namespace svgfusion::svg {

// Bounds of what a group draws, in the units that `matrix` maps to the document's; empty where
// those have no extent.
Box local_bounds(const Group& group, const Matrix& matrix);
// The same with all that strokes may reach.
Box local_reach(const Group& group, const Matrix& matrix);

// The opacity of a group of one paint becomes that paint's alpha.
void fold_opacity(Group& group);

void move_children(Group& from, Group& into);

}  // namespace svgfusion::svg
