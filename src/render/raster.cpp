// SPDX-License-Identifier: MIT
#include "svgfusion/render/raster.h"

#include <algorithm>
#include <cstdlib>

#include "cairo_draw.h"
#include "svgfusion/base/error.h"

namespace svgfusion::render {

GrayImage rasterize(const icon::Icon& icon, int size) {
  const Surface surface(cairo_image_surface_create(CAIRO_FORMAT_A8, size, size));
  SVGFUSION_CHECK(cairo_surface_status(surface.get()) == CAIRO_STATUS_SUCCESS, "size ", size);
  const Context context(cairo_create(surface.get()));
  cairo_set_antialias(context.get(), CAIRO_ANTIALIAS_BEST);
  cairo_scale(context.get(), size / icon::kBoxSize, size / icon::kBoxSize);
  draw_icon(context.get(), icon);
  cairo_surface_flush(surface.get());
  GrayImage image{size, size, {}};
  image.pixels.reserve(static_cast<std::size_t>(size) * static_cast<std::size_t>(size));
  const unsigned char* data = cairo_image_surface_get_data(surface.get());
  const int stride = cairo_image_surface_get_stride(surface.get());
  for (int y = 0; y < size; ++y) {
    const unsigned char* row = data + static_cast<std::ptrdiff_t>(y) * stride;
    image.pixels.insert(image.pixels.end(), row, row + size);
  }
  return image;
}

double intersection_over_union(const GrayImage& a, const GrayImage& b) {
  SVGFUSION_CHECK(a.pixels.size() == b.pixels.size());
  constexpr std::size_t kRun = 1 << 16;  // pixels whose sum 32 bits hold: they add up faster
  std::int64_t both = 0;
  std::int64_t either = 0;
  for (std::size_t begin = 0; begin < a.pixels.size(); begin += kRun) {
    std::uint32_t least = 0;
    std::uint32_t most = 0;
    for (std::size_t i = begin; i < std::min(begin + kRun, a.pixels.size()); ++i) {
      least += std::min(a.pixels[i], b.pixels[i]);
      most += std::max(a.pixels[i], b.pixels[i]);
    }
    both += least;
    either += most;
  }
  return either == 0 ? 1 : static_cast<double>(both) / static_cast<double>(either);
}

double mean_absolute_error(const GrayImage& a, const GrayImage& b) {
  SVGFUSION_CHECK(a.pixels.size() == b.pixels.size() && !a.pixels.empty());
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < a.pixels.size(); ++i) sum += std::abs(a.pixels[i] - b.pixels[i]);
  return static_cast<double>(sum) / static_cast<double>(a.pixels.size());
}

double ink(const GrayImage& image) {
  std::int64_t sum = 0;
  for (const std::uint8_t pixel : image.pixels) sum += pixel;
  return static_cast<double>(sum) /
         (255.0 * static_cast<double>(std::max<std::size_t>(1, image.pixels.size())));
}

}  // namespace svgfusion::render
