// SPDX-License-Identifier: MIT
#include "svgfusion/icon/overlaps.h"

#include "layers.h"
#include "shape_sets.h"

namespace svgfusion::icon {
namespace {

struct Area {
  std::vector<FilledShape> shapes;
  svg::Box extent;
};

// Whether two styles give the same picture in any order, and as one layer if they are equal.
bool is_same_picture(const Style& a, const Style& b) {
  const bool is_united = a == b && a.kind == Style::Kind::kFill;  // by the even-odd rule
  return is_same_color(a, b) && !is_united;
}

std::vector<Area> areas_of(const Icon& icon) {
  std::vector<std::vector<svg::Subpath>> contours(icon.styles.size());
  for (const Contour& contour : icon.contours) contours[contour.style].push_back(contour.geometry);
  std::vector<Area> areas(icon.styles.size());
  for (std::size_t row = 0; row < areas.size(); ++row) {
    areas[row].shapes = area_of(std::move(contours[row]), icon.styles[row]);
    areas[row].extent = extent_of(areas[row].shapes);
  }
  return areas;
}

}  // namespace

std::vector<Overlap> overlaps(const Icon& icon) {
  std::vector<Overlap> out;
  std::vector<Area> areas;
  for (std::size_t below = 0; below < icon.styles.size(); ++below) {
    for (std::size_t above = below + 1; above < icon.styles.size(); ++above) {
      if (is_same_picture(icon.styles[below], icon.styles[above])) continue;
      if (areas.empty()) areas = areas_of(icon);
      if (!svg::apart(areas[below].extent, areas[above].extent) &&
          overlap(areas[below].shapes, areas[above].shapes)) {
        out.push_back({static_cast<std::uint8_t>(below), static_cast<std::uint8_t>(above)});
      }
    }
  }
  return out;
}

}  // namespace svgfusion::icon
