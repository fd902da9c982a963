// SPDX-License-Identifier: MIT
// Anti-aliased pictures of icons. cairo stays inside raster.cpp and sheet.cpp.
#pragma once

#include <cstdint>
#include <vector>

#include "svgfusion/icon/icon.h"

namespace svgfusion::render {

// Ink coverage in [0, 255], row by row from the top.
struct GrayImage {
  int width = 0;
  int height = 0;
  std::vector<std::uint8_t> pixels;
  std::uint8_t at(int x, int y) const {
    return pixels[static_cast<std::size_t>(y) * static_cast<std::size_t>(width) +
                  static_cast<std::size_t>(x)];
  }
};

// The 24 box over size x size pixels; colours count as ink by their alpha.
GrayImage rasterize(const icon::Icon& icon, int size);

// Soft intersection over union: sum of minima over sum of maxima. Two blank pictures give 1.
double intersection_over_union(const GrayImage& a, const GrayImage& b);

// Mean absolute difference in [0, 255].
double mean_absolute_error(const GrayImage& a, const GrayImage& b);

// Share of the picture that is ink, 0 to 1.
double ink(const GrayImage& image);

}  // namespace svgfusion::render
