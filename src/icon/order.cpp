// SPDX-License-Identifier: MIT
// The documented order of an icon's contours: see put_in_order in icon.h.
#include <algorithm>
#include <array>
#include <tuple>

#include "svgfusion/icon/icon.h"

namespace svgfusion::icon {
namespace {

using svg::Point;
using svg::Segment;
using svg::Subpath;

bool before(Point a, Point b) { return std::tie(a.y, a.x) < std::tie(b.y, b.x); }

void reverse(Subpath& contour) {
  std::vector<Segment>& segments = contour.segments;
  const Point end = contour.end();
  std::reverse(segments.begin(), segments.end());
  for (std::size_t i = 0; i < segments.size(); ++i) {
    if (segments[i].kind == Segment::Kind::kCubic)
      std::swap(segments[i].control1, segments[i].control2);
    segments[i].end = i + 1 < segments.size() ? segments[i + 1].end : contour.start;
  }
  contour.start = end;
}

// With its closing line written out, so that turning the list of segments keeps it.
void open_up(Subpath& contour) {
  if (!(contour.end() == contour.start)) contour.segments.push_back(svg::line_to(contour.start));
}

void drop_closing_line(Subpath& contour) {
  if (contour.segments.size() > 1 && contour.segments.back().kind == Segment::Kind::kLine &&
      contour.end() == contour.start) {
    contour.segments.pop_back();
  }
}

void turn_to_first_vertex(Subpath& contour) {
  std::size_t first = 0;  // the segment that ends at the first vertex; the last one is `start`
  Point best = contour.segments.back().end;
  first = contour.segments.size() - 1;
  for (std::size_t i = 0; i < contour.segments.size(); ++i) {
    if (before(contour.segments[i].end, best)) {
      best = contour.segments[i].end;
      first = i;
    }
  }
  const auto pivot = static_cast<std::ptrdiff_t>((first + 1) % contour.segments.size());
  std::rotate(contour.segments.begin(), contour.segments.begin() + pivot, contour.segments.end());
  contour.start = best;
}

std::vector<std::array<double, 7>> key_of(const Subpath& contour) {
  std::vector<std::array<double, 7>> key;
  for (const Segment& s : contour.segments) {
    key.push_back({static_cast<double>(s.kind), s.end.y, s.end.x, s.control1.y, s.control1.x,
                   s.control2.y, s.control2.x});
  }
  return key;
}

void order_closed(Subpath& contour) {
  open_up(contour);
  const double area = svg::doubled_area(contour);
  if (area < 0) reverse(contour);
  turn_to_first_vertex(contour);
  if (area == 0) {  // a doubled line has no direction: take the one whose coordinates come first
    Subpath other = contour;
    reverse(other);
    turn_to_first_vertex(other);
    if (key_of(other) < key_of(contour)) contour = other;
  }
  drop_closing_line(contour);
}

bool comes_before(const Contour& a, const Contour& b) {
  const auto head = [](const Contour& c) {
    return std::tuple(c.geometry.start.y, c.geometry.start.x, c.style, c.geometry.segments.size());
  };
  if (head(a) != head(b)) return head(a) < head(b);
  return key_of(a.geometry) < key_of(b.geometry);
}

void drop_unused_styles(Icon& icon) {
  constexpr std::size_t kUnused = SIZE_MAX;
  std::vector<std::size_t> row(icon.styles.size(), kUnused);
  for (const Contour& contour : icon.contours) row[contour.style] = 0;
  std::size_t used = 0;
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (row[i] == kUnused) continue;
    row[i] = used;
    if (used != i) icon.styles[used] = icon.styles[i];
    ++used;
  }
  if (used == icon.styles.size()) return;
  icon.styles.resize(used);
  for (Contour& contour : icon.contours) contour.style = row[contour.style];
}

}  // namespace

void put_in_order(Icon& icon) {
  for (Contour& contour : icon.contours) {
    Subpath& geometry = contour.geometry;
    if (geometry.segments.empty()) continue;
    if (geometry.closed) {
      order_closed(geometry);
    } else if (before(geometry.end(), geometry.start)) {
      reverse(geometry);
    }
  }
  drop_unused_styles(icon);
  // Mostly they are in order already: what simplifies and rounds moves little.
  if (!std::is_sorted(icon.contours.begin(), icon.contours.end(), comes_before))
    std::stable_sort(icon.contours.begin(), icon.contours.end(), comes_before);
}

}  // namespace svgfusion::icon
