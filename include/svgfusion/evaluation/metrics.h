// SPDX-License-Identifier: MIT
// Metrics that need no pretrained network, all pure functions of icons.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "svgfusion/icon/icon.h"
#include "svgfusion/render/raster.h"

namespace svgfusion::evaluation {

inline constexpr int kRasterSize = 64;

// Symmetric Chamfer distance between outlines, in percent of the box's side: points every 0.5 % of
// the side along one icon, each to the nearest straight piece of the other, averaged, both ways. An
// icon without outline is 100 away from any other.
double chamfer_percent(const icon::Icon& a, const icon::Icon& b);

// Empty when the icon is a drawing: something is drawn, every coordinate is finite and within the
// box by 5 %, and ink covers 0.5 to 95 % of it. Else what is wrong.
std::string validity_problem(const icon::Icon& icon);

struct Nearest {
  std::int64_t index = -1;
  double iou = -1;
};
// The picture of `among` with the largest soft IoU to `image`; the first of equals.
Nearest nearest_picture(const render::GrayImage& image,
                        const std::vector<render::GrayImage>& among);

}  // namespace svgfusion::evaluation
