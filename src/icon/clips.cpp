// SPDX-License-Identifier: MIT
#include "clips.h"

#include <algorithm>
#include <cmath>

namespace svgfusion::icon {
namespace {

constexpr double kSlack = 1e-6;    // of a rectangle's area
constexpr double kNoWidth = 1e-6;  // icon units: what is no wider has no area
constexpr double kBeyond = 1e-3;   // so far over a box's edge nothing is seen to be cut off

}  // namespace

// A polygon that fills its own bounds.
bool is_rectangle(const svg::Path& path) {
  constexpr std::size_t kMostSides = 5;  // drawn: four, and one back to the start
  if (path.subpaths.size() != 1 || path.subpaths[0].segments.size() > kMostSides) return false;
  svg::Point current = path.subpaths[0].start;
  double twice_area = cross(path.subpaths[0].end(), current);
  for (const svg::Segment& s : path.subpaths[0].segments) {
    if (s.kind != svg::Segment::Kind::kLine) return false;
    twice_area += cross(current, s.end);
    current = s.end;
  }
  const svg::Box box = svg::bounds(path);
  const double area = box.width() * box.height();
  return area > 0 && std::abs(0.5 * std::abs(twice_area) - area) <= kSlack * area;
}

svg::Box close_for_fill(svg::Path& path) {
  svg::Box extent;
  std::erase_if(path.subpaths, [&](svg::Subpath& subpath) {
    subpath.closed = true;
    const svg::Box box = bounds(subpath);
    const bool has_area = box.width() > kNoWidth && box.height() > kNoWidth;
    if (has_area) extent.join(box);
    return !has_area;
  });
  return extent;
}

Clips that_cut(const Clips& clips, const svg::Box& extent) {
  Clips kept;
  for (const auto& clip : clips) {
    const bool encloses = std::any_of(clip.begin(), clip.end(), [&](const svg::ClipShape& part) {
      const svg::Path path = svg::transformed(part.path, part.transform);
      return is_rectangle(path) && svg::bounds(path).contains(extent, kBeyond);
    });
    if (!encloses) kept.push_back(clip);
  }
  return kept;
}

svg::Path rectangle(double width, double height) {
  return {{{{0, 0},
            {svg::line_to({width, 0}), svg::line_to({width, height}), svg::line_to({0, height})},
            true}}};
}

}  // namespace svgfusion::icon
