// SPDX-License-Identifier: MIT
#pragma once

#include "svgfusion/svg/document.h"

namespace svgfusion::svg {

// Bounds of what a group draws, in the units that `matrix` maps to the document's; empty where
// those have no extent.
Box local_bounds(const Group& group, const Matrix& matrix);
// The same with all that strokes may reach.
Box local_reach(const Group& group, const Matrix& matrix);

// Shapes with neither fill nor stroke, and groups in which nothing else is.
void drop_unpainted(Group& group);

// From the units of a bounding box, of which all sides are 1; a box of nothing makes all one point.
Matrix box_units(const Box& box);

// The opacity of a group of one paint becomes that paint's alpha.
void fold_opacity(Group& group);

void move_children(Group& from, Group& into);

}  // namespace svgfusion::svg
