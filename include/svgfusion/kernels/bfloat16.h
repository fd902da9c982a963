// SPDX-License-Identifier: MIT
// The upper half of a float: 8 exponent bits and 8 significant ones.
#pragma once

#include <cstdint>

namespace svgfusion::kernels {

using Bfloat16 = std::uint16_t;

}  // namespace svgfusion::kernels
