// SPDX-License-Identifier: MIT
// A few colours that stand for many.
#pragma once

#include <cstdint>
#include <map>

namespace svgfusion::dataset {

// Maps every colour (0xRRGGBBAA) to one of at most `size` of them, chosen by weighted k-medoids in
// the OKLab space (Ottosson 2020), where distances are near to perceived ones. Alpha counts as a
// fourth coordinate. `weights` says how many icons use a colour. The same input gives the same map.
std::map<std::uint32_t, std::uint32_t> choose_palette(
    const std::map<std::uint32_t, std::int64_t>& weights, std::size_t size);

}  // namespace svgfusion::dataset
