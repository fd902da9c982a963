// SPDX-License-Identifier: MIT
#include "svgfusion/icon/region.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

#include "region_edges.h"
#include "shape_sets.h"
#include "svgfusion/icon/icon.h"
#include "sweep.h"

namespace svgfusion::icon {
namespace {

using svg::Point;

// Of the chords that outlines are traced by; the finer where curves that run along each other in
// several shapes, each with chords of its own, lose too much by the coarser.
constexpr std::array kTraceFlatness{1e-3, 2.5e-4};
constexpr int kRows = 96;
constexpr double kNear = 1e-5;           // of heights where curves are crossed, in icon units
constexpr double kAtProbe = 1e-8;        // the same beside probes
constexpr double kRough = 1e-3;          // the same where both sides see the same crossings
constexpr double kTolerableArea = 2e-3;  // 3.5e-6 of the box: a picture at 64 x 64 cannot show it
constexpr double kRoundedArea = 5e-2;    // of a boundary that was rounded to a lattice
constexpr double kLargestLoss = 0.1;     // of the best there is: 0.05 of 255, all over the box

}  // namespace

Region::Region(const std::vector<FilledShape>& shapes) : lists_(std::move(spare_lists())) {
  lists_.sources.clear();
  lists_.edges.clear();
  const bool is_cut = is_any_cut(shapes);
  for (const FilledShape& shape : shapes) {
    Term term;
    term.loop = is_cut ? add_once(shape.path, shape.rule) : add(shape.path, shape.rule);
    for (const auto& clip : shape.clips) {
      term.clips.emplace_back();
      for (const svg::ClipShape& part : clip) term.clips.back().push_back(add_cut(part));
    }
    for (const svg::ClipShape& part : shape.without) term.without.push_back(add_cut(part));
    terms_.push_back(std::move(term));
  }
}

Region::~Region() {
  constexpr std::size_t kMost = 1 << 14;  // what few icons need is given back
  const bool is_usual = std::max(lists_.edges.capacity(), lists_.sources.capacity()) <= kMost;
  if (is_usual && lists_.edges.capacity() > spare_lists().edges.capacity())
    spare_lists() = std::move(lists_);
}

// Those of the region that was last given up on this thread, for the next one.
Region::Lists& Region::spare_lists() {
  thread_local Lists lists;
  return lists;
}

void Region::add_edge(Point start, const svg::Segment& segment) {
  add_monotone(start, segment, lists_.sources.size(), lists_.edges);
  lists_.sources.push_back({start, segment, loops_.size()});
}

std::size_t Region::add(const svg::Path& path, svg::FillRule rule) {
  for (const svg::Subpath& subpath : path.subpaths) {
    Point current = subpath.start;
    for (const svg::Segment& segment : subpath.segments) {
      add_edge(current, segment);
      current = segment.end;
    }
    if (!(current == subpath.start)) add_edge(current, svg::line_to(subpath.start));
  }
  loops_.push_back({&path, rule});
  return loops_.size() - 1;
}

// Several shapes are cut by the same outlines, which must not run along themselves.
std::size_t Region::add_once(const svg::Path& path, svg::FillRule rule) {
  const auto known = std::find_if(loops_.begin(), loops_.end(), [&](const Loop& loop) {
    return loop.rule == rule && *loop.path == path;
  });
  if (known != loops_.end()) return static_cast<std::size_t>(known - loops_.begin());
  return add(path, rule);
}

std::size_t Region::add_cut(const svg::ClipShape& part) {
  cut_paths_.push_back(svg::transformed(part.path, part.transform));
  const std::size_t count = loops_.size();
  const std::size_t loop = add_once(cut_paths_.back(), part.rule);
  if (loops_.size() == count) cut_paths_.pop_back();
  return loop;
}

Windings::Windings(const Region& region) : region_(region) {
  for (const Loop& loop : region.loops())
    counters_.push_back({0, loop.rule == svg::FillRule::kEvenOdd ? 1 : -1});
  for (const Term& term : region.terms()) is_cut_ = is_cut_ || term.is_cut();
}

void Windings::reset() {
  for (Counter& counter : counters_) counter.value = 0;
  held_ = 0;
}

bool Windings::inside_cut() const {
  const auto loop_holds = [&](std::size_t loop) { return counters_[loop].holds(); };
  return std::any_of(region_.terms().begin(), region_.terms().end(), [&](const Term& term) {
    return counters_[term.loop].holds() &&
           std::all_of(term.clips.begin(), term.clips.end(),
                       [&](const auto& clip) {
                         return std::any_of(clip.begin(), clip.end(), loop_holds);
                       }) &&
           std::none_of(term.without.begin(), term.without.end(), loop_holds);
  });
}

EdgeIndex::EdgeIndex(const Region& region)
    : region_(region),
      bands_(kBands,
             [&](const auto& put) {
               for (std::size_t i = 0; i < region.edges().size(); ++i) {
                 const MonotoneEdge& edge = region.edges()[i];
                 const auto [low, high] = std::minmax({edge.start.y, edge.segment.end.y});
                 const std::size_t last = band_of(high);
                 for (std::size_t band = band_of(low); band <= last; ++band) put(band, i);
               }
             }),
      windings_(region) {}

std::size_t EdgeIndex::band_of(double y) {
  const double band = y * (kBands / kBoxSize);
  return static_cast<std::size_t>(std::clamp(band, 0.0, kBands - 1.0));
}

namespace {

// Whether a ray to the left meets the edge.
bool meets_ray(const MonotoneEdge& edge, Point from) {
  const Point start = edge.start;
  const Point end = edge.segment.end;
  if ((start.y <= from.y) == (end.y <= from.y)) return false;
  const auto [low, high] = std::minmax({start.x, end.x});
  return from.x >= low && (from.x > high || Climb(edge, kAtProbe).x_at(from.y) <= from.x);
}

}  // namespace

// The two rays meet the same edges, but for those that pass between the points.
Sides EdgeIndex::sides(Point p, Point offset) {
  const Point left = p + offset;
  const Point right = p - offset;
  const std::size_t band = band_of(left.y);
  const std::size_t other_band = band_of(right.y);
  windings_.reset();
  between_.clear();
  const auto meet = [&](std::uint32_t i, bool is_left, bool is_right) {
    const MonotoneEdge& edge = region_.edges()[i];
    const bool at_left = is_left && meets_ray(edge, left);
    const bool at_right = is_right && meets_ray(edge, right);
    if (!at_left && !at_right) return;
    const int step = edge.segment.end.y > edge.start.y ? 1 : -1;
    const std::size_t loop = region_.loop_of(edge);
    if (at_left) windings_.add(loop, step);
    if (at_left != at_right) between_.emplace_back(loop, at_right ? step : -step);
  };
  for (const std::uint32_t i : bands_[band]) meet(i, true, band == other_band);
  if (band != other_band) {
    for (const std::uint32_t i : bands_[other_band]) meet(i, false, true);
  }
  Sides sides{};
  sides.left = windings_.inside();
  for (const auto& [loop, step] : between_) windings_.add(loop, step);
  sides.right = windings_.inside();
  return sides;
}

namespace {

// Area where the parity of the contours crossed so far differs from being in the region. Without
// `outlines_are_contours` those are the crossings of no loop.
double difference_area(const Region& region, const Sweep& sweep, bool outlines_are_contours) {
  double length = 0;
  Windings windings(region);
  sweep.for_each_row([&](std::span<const Crossing> crossings) {
    windings.reset();
    bool odd = false;
    for (std::size_t i = 0; i < crossings.size(); ++i) {
      const bool is_outline = crossings[i].loop != kNoLoop;
      if (!is_outline || outlines_are_contours) odd = !odd;
      if (is_outline) windings.add(crossings[i].loop, crossings[i].step);
      if (i + 1 < crossings.size() && odd != windings.inside())
        length += crossings[i + 1].x - crossings[i].x;
    }
  });
  return length * sweep.step();
}

void add_edges(const Region& region, std::size_t first_loop, Sweep& sweep) {
  for (const MonotoneEdge& edge : region.edges())
    sweep.add(edge, static_cast<std::uint32_t>(first_loop + region.loop_of(edge)));
}

// Whether the shapes' own outlines under the even-odd rule are their union.
bool is_even_odd_already(const std::vector<FilledShape>& shapes, const Region& region) {
  if (is_any_cut(shapes)) return false;
  Sweep& sweep = Sweep::begin(kRows, kRough);
  add_edges(region, 0, sweep);
  return difference_area(region, sweep, true) <= kTolerableArea;
}

double even_odd_difference(const std::vector<svg::Subpath>& contours, const Region& region,
                           int rows) {
  Sweep& sweep = Sweep::begin(rows, kNear);
  add_edges(region, 0, sweep);
  thread_local std::vector<MonotoneEdge> own;
  own.clear();
  for (const svg::Subpath& contour : contours) {
    Point current = contour.start;
    for (const svg::Segment& segment : contour.segments) {
      add_monotone(current, segment, 0, own);
      current = segment.end;
    }
    add_monotone(current, svg::line_to(contour.start), 0, own);
  }
  for (const MonotoneEdge& edge : own) sweep.add(edge, kNoLoop);
  return difference_area(region, sweep, false);
}

// A boundary, and the area that it draws otherwise than the region.
struct Traced {
  std::optional<std::vector<svg::Subpath>> contours;
  double lost = INFINITY;
};

Traced traced(std::optional<std::vector<svg::Subpath>> contours, const Region& region) {
  const double lost = contours ? even_odd_difference(*contours, region, kRows) : INFINITY;
  return {std::move(contours), lost};
}

}  // namespace

double even_odd_difference(const std::vector<svg::Subpath>& contours,
                           const std::vector<FilledShape>& shapes, int rows) {
  return even_odd_difference(contours, Region(shapes), rows);
}

double common_area(const std::vector<FilledShape>& a, const std::vector<FilledShape>& b, int rows) {
  const std::array regions{Region(a), Region(b)};
  const std::size_t first_of_b = regions[0].loops().size();
  Sweep& sweep = Sweep::begin(rows, kNear);
  add_edges(regions[0], 0, sweep);
  add_edges(regions[1], first_of_b, sweep);
  std::array windings{Windings(regions[0]), Windings(regions[1])};
  double length = 0;
  sweep.for_each_row([&](std::span<const Crossing> crossings) {
    for (Windings& of_one : windings) of_one.reset();
    for (std::size_t i = 0; i + 1 < crossings.size(); ++i) {
      const std::size_t loop = crossings[i].loop;
      const bool is_of_b = loop >= first_of_b;
      windings[is_of_b].add(loop - (is_of_b ? first_of_b : 0), crossings[i].step);
      if (windings[0].inside() && windings[1].inside())
        length += crossings[i + 1].x - crossings[i].x;
    }
  });
  return length * sweep.step();
}

bool overlap(const std::vector<FilledShape>& a, const std::vector<FilledShape>& b, double border) {
  return common_area(a, b, kRows) > border;
}

std::optional<std::vector<svg::Subpath>> even_odd_contours(std::vector<FilledShape> shapes) {
  const auto own = [&] {
    std::vector<svg::Subpath> subpaths;
    for (FilledShape& shape : shapes) {
      std::move(shape.path.subpaths.begin(), shape.path.subpaths.end(),
                std::back_inserter(subpaths));
    }
    return subpaths;
  };
  if (shapes.size() == 1 && !shapes[0].is_cut() && shapes[0].rule == svg::FillRule::kEvenOdd)
    return own();
  const Region region(shapes);
  if (is_even_odd_already(shapes, region)) return own();
  Traced best = traced(trace_boundary(region), region);
  if (best.lost <= kTolerableArea) return std::move(best.contours);
  for (const double flatness : kTraceFlatness) {
    Traced rounded = traced(trace_chords(region, flatness), region);
    if (rounded.lost <= kRoundedArea) return std::move(rounded.contours);
    const bool wants_precision = rounded.lost <= 4 * kRoundedArea;  // unset: wants fewer chords
    if (rounded.lost < best.lost) best = std::move(rounded);
    if (!wants_precision) break;
  }
  return best.lost <= kLargestLoss ? std::move(best.contours) : std::nullopt;
}

}  // namespace svgfusion::icon
