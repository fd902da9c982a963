// SPDX-License-Identifier: MIT
// Pictures in colour, to compare drawings that are painted in other orders.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "svgfusion/icon/icon.h"
#include "svgfusion/render/raster.h"

namespace svgfusion::icon {

// Colours times alpha, and alpha, of every pixel.
class Canvas {
 public:
  void paint(const Icon& icon) {
    for (std::size_t row = 0; row < icon.styles.size(); ++row) {
      Icon layer{icon.styles, {}};
      std::copy_if(icon.contours.begin(), icon.contours.end(), std::back_inserter(layer.contours),
                   [&](const Contour& contour) { return contour.style == row; });
      const svg::Color color = unpack_color(icon.styles[row].color);
      const render::GrayImage covered = render::rasterize(layer, kSize);
      for (std::size_t i = 0; i < pixels_.size(); ++i) {
        const double alpha = covered.pixels[i] / 255.0;
        const double part = alpha / 255;
        over(pixels_[i], {color.red * part, color.green * part, color.blue * part, alpha});
      }
    }
  }

  void paint(const Canvas& group, double opacity) {
    for (std::size_t i = 0; i < pixels_.size(); ++i) {
      Pixel pixel = group.pixels_[i];
      for (double& part : pixel) part *= opacity;
      over(pixels_[i], pixel);
    }
  }

  // Of colours times alpha and of alpha, 0 to 1.
  double mean_difference(const Canvas& other) const {
    double sum = 0;
    for (std::size_t i = 0; i < pixels_.size(); ++i) {
      for (std::size_t part = 0; part < 4; ++part)
        sum += std::abs(pixels_[i][part] - other.pixels_[i][part]);
    }
    return sum / (4.0 * kSize * kSize);
  }

 private:
  static constexpr int kSize = 96;
  using Pixel = std::array<double, 4>;
  static void over(Pixel& below, const Pixel& above) {
    for (std::size_t part = 0; part < 4; ++part)
      below[part] = above[part] + below[part] * (1 - above[3]);
  }
  std::vector<Pixel> pixels_ = std::vector<Pixel>(kSize * kSize);
};

}  // namespace svgfusion::icon
