// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <span>

#include "svgfusion/svg/geometry.h"

namespace svgfusion::icon {

// Directions of travel at the ends; zero only for a segment that is one point.
svg::Point start_tangent(svg::Point start, const svg::Segment& segment);
svg::Point end_tangent(svg::Point start, const svg::Segment& segment);

// One cubic with the run's ends and end tangents that stays within `tolerance` of it; unset when
// there is none.
std::optional<svg::Segment> fit_cubic(svg::Point start, std::span<const svg::Segment> run,
                                      double tolerance);

}  // namespace svgfusion::icon
