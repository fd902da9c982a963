// SPDX-License-Identifier: MIT
#pragma once

#include "svgfusion/icon/tokens.h"

namespace svgfusion::dataset {

// Rounding each coordinate on its own can cost a thin drawing several percent of its picture. Where
// the soft IoU between the tokens' picture and the icon's is below `wanted`, coordinates are moved
// by one grid step as long as that raises it. Returns the IoU reached.
double refine_tokens(icon::TokenIcon& tokens, const icon::Icon& drawn, double wanted);

}  // namespace svgfusion::dataset
