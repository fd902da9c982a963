// SPDX-License-Identifier: MIT
#include "shape_sets.h"

#include <algorithm>

namespace svgfusion::icon {
namespace {

bool touches(const FilledShape& shape, const svg::Box& extent) {
  return !svg::apart(svg::bounds(shape.path), extent);
}

// As shapes that can cut others, which are not cut themselves.
std::optional<std::vector<svg::ClipShape>> as_cutter(const std::vector<FilledShape>& shapes) {
  std::vector<svg::ClipShape> cutter;
  if (!is_any_cut(shapes)) {
    for (const FilledShape& shape : shapes) cutter.push_back({shape.path, {}, shape.rule});
    return cutter;
  }
  auto contours = even_odd_contours(shapes);
  if (!contours) return std::nullopt;
  cutter.push_back({{std::move(*contours)}, {}, svg::FillRule::kEvenOdd});
  return cutter;
}

}  // namespace

svg::Box extent_of(const std::vector<FilledShape>& shapes) {
  svg::Box extent;
  for (const FilledShape& shape : shapes) extent.join(svg::bounds(shape.path));
  return extent;
}

bool is_any_cut(const std::vector<FilledShape>& shapes) {
  return std::any_of(shapes.begin(), shapes.end(),
                     [](const FilledShape& shape) { return shape.is_cut(); });
}

bool overlap_within(const std::vector<FilledShape>& before, const std::vector<FilledShape>& added,
                    const svg::Box& extent, double border) {
  std::vector<FilledShape> near;
  std::copy_if(before.begin(), before.end(), std::back_inserter(near),
               [&](const FilledShape& shape) { return touches(shape, extent); });
  return !near.empty() && overlap(near, added, border);
}

std::optional<std::size_t> take_out(const std::vector<FilledShape>& area, const svg::Box& extent,
                                    std::vector<FilledShape>& shapes) {
  const auto cutter = as_cutter(area);
  if (!cutter) return std::nullopt;
  std::size_t cost_of_one = 0;
  for (const svg::ClipShape& part : *cutter) cost_of_one += segment_count(part.path);
  std::size_t cost = 0;
  for (FilledShape& shape : shapes) {
    if (!touches(shape, extent)) continue;
    shape.without.insert(shape.without.end(), cutter->begin(), cutter->end());
    cost += cost_of_one;
  }
  return cost;
}

std::optional<Shares> shares(std::vector<FilledShape> before, std::vector<FilledShape> added,
                             const svg::Box& extent) {
  Shares out;
  const auto near = std::partition(before.begin(), before.end(), [&](const FilledShape& shape) {
    return !touches(shape, extent);
  });
  auto a = even_odd_contours({near, before.end()});
  auto b = even_odd_contours(std::move(added));
  if (!a || !b) return std::nullopt;
  before.erase(near, before.end());
  out.of_both.resize(1);
  out.of_both[0] = {{*b}, svg::FillRule::kEvenOdd, {{{{*a}, {}, svg::FillRule::kEvenOdd}}}, {}};
  // Under the even-odd rule both boundaries together are what one of them covers.
  a->insert(a->end(), b->begin(), b->end());
  out.cost = svg::segment_count({*a});
  out.of_one = std::move(before);
  out.of_one.push_back({{std::move(*a)}, svg::FillRule::kEvenOdd, {}, {}});
  return out;
}

}  // namespace svgfusion::icon
