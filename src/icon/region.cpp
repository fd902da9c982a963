// SPDX-License-Identifier: MIT
#include "svgfusion/icon/region.h"

#include <algorithm>
#include <cmath>

#include "region_edges.h"
#include "svgfusion/icon/icon.h"

namespace svgfusion::icon {
namespace {

using svg::Point;

constexpr double kFlatness = 2e-4;  // of chords, in icon units: far below what a picture shows
constexpr int kRows = 96;
constexpr double kTolerableArea = 2e-3;  // 3.5e-6 of the box: a picture at 64 x 64 cannot show it

struct Crossing {
  double x;
  int step;          // +1 downward, -1 upward
  std::size_t loop;  // of the region, or `SIZE_MAX` for a contour
};

template <class Chords>
void add_crossings(const Chords& chords, double y, std::vector<Crossing>& out) {
  for (const Region::Chord& c : chords) {
    if ((c.from.y <= y) == (c.to.y <= y)) continue;
    const double t = (y - c.from.y) / (c.to.y - c.from.y);
    out.push_back({c.from.x + t * (c.to.x - c.from.x), c.to.y > c.from.y ? 1 : -1, c.loop});
  }
}

std::vector<Region::Chord> chords_of(const svg::Subpath& subpath, std::size_t loop) {
  std::vector<Region::Chord> chords;
  const std::vector<Point> points = svg::flatten(subpath, kFlatness);
  for (std::size_t i = 0; i + 1 < points.size(); ++i)
    chords.push_back({points[i], points[i + 1], loop});
  if (points.size() > 1 && !(points.back() == points.front())) {
    chords.push_back({points.back(), points.front(), loop});  // a fill closes what is open
  }
  return chords;
}

}  // namespace

Region::Region(const std::vector<FilledShape>& shapes) {
  for (const FilledShape& shape : shapes) {
    Term term{add(shape.path, shape.rule), {}};
    for (const auto& clip : shape.clips) {
      term.clips.emplace_back();
      for (const svg::ClipShape& part : clip) {
        term.clips.back().push_back(add(svg::transformed(part.path, part.transform), part.rule));
      }
    }
    terms_.push_back(std::move(term));
  }
}

std::size_t Region::add(svg::Path path, svg::FillRule rule) {
  const std::size_t index = loops_.size();
  for (const svg::Subpath& subpath : path.subpaths) {
    const std::vector<Chord> chords = chords_of(subpath, index);
    chords_.insert(chords_.end(), chords.begin(), chords.end());
  }
  loops_.push_back({std::move(path), rule});
  return index;
}

bool Region::inside(const std::vector<int>& windings) const {
  const auto holds = [&](std::size_t loop) {
    const int winding = windings[loop];
    return loops_[loop].rule == svg::FillRule::kEvenOdd ? winding % 2 != 0 : winding != 0;
  };
  return std::any_of(terms_.begin(), terms_.end(), [&](const Term& term) {
    return holds(term.loop) &&
           std::all_of(term.clips.begin(), term.clips.end(), [&](const auto& clip) {
             return std::any_of(clip.begin(), clip.end(), holds);
           });
  });
}

bool Region::inside(Point p) const {
  std::vector<int> windings(loops_.size(), 0);
  for (const Chord& c : chords_) {
    if ((c.from.y <= p.y) == (c.to.y <= p.y)) continue;
    const double side = cross(c.to - c.from, p - c.from);
    const bool downward = c.to.y > c.from.y;
    if (downward ? side < 0 : side > 0) windings[c.loop] += downward ? 1 : -1;
  }
  return inside(windings);
}

double even_odd_difference(const std::vector<svg::Subpath>& contours,
                           const std::vector<FilledShape>& shapes, int rows) {
  const Region region(shapes);
  std::vector<Region::Chord> own;
  for (const svg::Subpath& contour : contours) {
    const std::vector<Region::Chord> chords = chords_of(contour, SIZE_MAX);
    own.insert(own.end(), chords.begin(), chords.end());
  }
  double length = 0;
  std::vector<Crossing> crossings;
  std::vector<int> windings(region.loops().size());
  const double step = kBoxSize / rows;
  for (int row = 0; row < rows; ++row) {
    const double y = (row + 0.4871) * step;  // off every grid that icons are drawn on
    crossings.clear();
    add_crossings(region.chords(), y, crossings);
    add_crossings(own, y, crossings);
    std::sort(crossings.begin(), crossings.end(),
              [](const Crossing& a, const Crossing& b) { return a.x < b.x; });
    std::fill(windings.begin(), windings.end(), 0);
    bool odd = false;
    for (std::size_t i = 0; i < crossings.size(); ++i) {
      if (crossings[i].loop == SIZE_MAX) {
        odd = !odd;
      } else {
        windings[crossings[i].loop] += crossings[i].step;
      }
      if (i + 1 < crossings.size() && odd != region.inside(windings)) {
        length += crossings[i + 1].x - crossings[i].x;
      }
    }
  }
  return length * step;
}

std::optional<std::vector<svg::Subpath>> even_odd_contours(const std::vector<FilledShape>& shapes) {
  std::vector<svg::Subpath> own;
  for (const FilledShape& shape : shapes) {
    own.insert(own.end(), shape.path.subpaths.begin(), shape.path.subpaths.end());
  }
  if (even_odd_difference(own, shapes, kRows) <= kTolerableArea) return own;
  auto traced = trace_boundary(Region(shapes));
  if (!traced || even_odd_difference(*traced, shapes, kRows) > kTolerableArea) return std::nullopt;
  return traced;
}

}  // namespace svgfusion::icon
