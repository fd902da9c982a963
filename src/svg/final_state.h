// SPDX-License-Identifier: MIT
#pragma once

#include "svgfusion/svg/xml.h"

namespace svgfusion::svg {

// Gives the elements below (and `element` itself) the attributes that their animations leave them
// with (SMIL 3.0 §12.5, fill="freeze"), and takes those animations out; what was drawn is complete
// only then in icons that draw themselves. Animations that never end, or that end in a transform, a
// motion or a sum, stay in the tree.
void apply_final_states(Element& element);

}  // namespace svgfusion::svg
