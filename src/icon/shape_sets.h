// SPDX-License-Identifier: MIT
// Unions of filled shapes as whole sets: what two have in common, and one without another.
#pragma once

#include <optional>
#include <vector>

#include "svgfusion/icon/region.h"

namespace svgfusion::icon {

svg::Box extent_of(const std::vector<FilledShape>& shapes);

// Whether clips or what is left out cut any of them.
bool is_any_cut(const std::vector<FilledShape>& shapes);

// Whether a union and what is added to it, which has this extent, overlap.
bool overlap_within(const std::vector<FilledShape>& before, const std::vector<FilledShape>& added,
                    const svg::Box& extent, double border = kBorderArea);

// Takes an area, of this extent, out of the shapes that it may touch. Gives how many segments that
// are, once for each shape; unset when its boundary cannot be found.
std::optional<std::size_t> take_out(const std::vector<FilledShape>& area, const svg::Box& extent,
                                    std::vector<FilledShape>& shapes);

// Two unions, with what exactly one of them covers, and what both do.
struct Shares {
  std::vector<FilledShape> of_one;
  std::vector<FilledShape> of_both;
  std::size_t cost = 0;  // segments
};

// Unset when a boundary cannot be found. `added` has this extent.
std::optional<Shares> shares(std::vector<FilledShape> before, std::vector<FilledShape> added,
                             const svg::Box& extent);

}  // namespace svgfusion::icon
