// SPDX-License-Identifier: MIT
// The plane region that a set of filled shapes covers, and its boundary as even-odd contours.
#pragma once

#include <optional>
#include <vector>

#include "svgfusion/svg/document.h"

namespace svgfusion::icon {

// One filled shape, in icon units: inside where its rule says so and every clip says so too, and
// nothing of `without` does.
struct FilledShape {
  svg::Path path;
  svg::FillRule rule = svg::FillRule::kNonZero;
  std::vector<std::vector<svg::ClipShape>> clips;  // each a union of shapes, all of which must hold
  std::vector<svg::ClipShape> without;

  bool is_cut() const { return !clips.empty() || !without.empty(); }
};

// Area, in square icon units, where filling all subpaths of `contours` under the even-odd rule
// differs from the union of `shapes`; measured along `rows` lines across the box.
double even_odd_difference(const std::vector<svg::Subpath>& contours,
                           const std::vector<FilledShape>& shapes, int rows);

// Area, in square icon units, that the union of `a` has in common with that of `b`, measured so
// too.
double common_area(const std::vector<FilledShape>& a, const std::vector<FilledShape>& b, int rows);

// Square icon units: what shapes along a shared border may have in common.
inline constexpr double kBorderArea = 1e-2;
// Whether they have more in common than `border`.
bool overlap(const std::vector<FilledShape>& a, const std::vector<FilledShape>& b,
             double border = kBorderArea);

// Contours whose even-odd fill is the union of `shapes`: the shapes' own subpaths where those do,
// else the union's boundary, cut from the same curves. Unset when the boundary cannot be found
// (outlines that run along each other on different curves).
std::optional<std::vector<svg::Subpath>> even_odd_contours(std::vector<FilledShape> shapes);

}  // namespace svgfusion::icon
