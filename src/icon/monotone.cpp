// SPDX-License-Identifier: MIT
#include "monotone.h"

#include <algorithm>
#include <cmath>

namespace svgfusion::icon {
namespace {

using svg::Point;
using svg::Segment;

constexpr double kShortest = 1e-9;  // icon units, or of the parameter
constexpr double kSmall = 0.2;      // of a series' second term, in its first
constexpr int kMaxRootSteps = 60;   // nearly always one; halving takes as many as there are bits

}  // namespace

void add_monotone(Point start, const Segment& segment, std::size_t source,
                  std::vector<MonotoneEdge>& out) {
  if (segment.kind == Segment::Kind::kLine) {
    if (!(start == segment.end)) out.push_back({start, segment, source, 0, 1});
    return;
  }
  const svg::Parameters turns = svg::extrema(start, segment);
  const std::size_t known = out.size();
  Point from = start;
  for (double t0 = 0; t0 < 1;) {
    double t1 = 1;
    for (const double t : turns) {
      if (t > t0 + kShortest) t1 = std::min(t1, t);
    }
    const Segment part = turns.count == 0 ? segment : svg::part_of(start, segment, t0, t1);
    if (distance(from, part.end) > kShortest) {
      out.push_back({from, part, source, t0, t1});
      from = part.end;
    }
    t0 = t1;
  }
  if (from == segment.end) return;
  // What is too short to be one is left to its neighbour: outlines stay whole.
  if (out.size() > known) {
    out.back().segment.end = segment.end;
  } else {
    out.push_back({start, svg::line_to(segment.end), source, 0, 1});
  }
}

Climb::Climb(const MonotoneEdge& edge, double accuracy)
    : curve_(edge.start, edge.segment),
      accuracy_(accuracy),
      sign_(edge.segment.end.y > edge.start.y ? 1 : -1) {
  go_to(0);
}

void Climb::go_to(double t) {
  t_ = t;
  y_ = curve_.c0.y + t * (curve_.c1.y + t * (curve_.c2.y + t * curve_.c3.y));
  slope_ = curve_.c1.y + t * (2 * curve_.c2.y + 3 * t * curve_.c3.y);
  bend_ = 2 * curve_.c2.y + 6 * t * curve_.c3.y;
}

// First along the parabola that touches the curve where it is: two terms of the inverse's series,
// or, near an extremum, its root. Then Newton's method, which halves wherever it would leave what
// is known to hold the place.
double Climb::x_at(double y) {
  double low = t_;
  double high = 1;
  const double rise = y - y_;
  const double reciprocal = 1 / slope_;
  const double step = rise * reciprocal;
  const double correction = 0.5 * bend_ * reciprocal * step;
  double t =
      t_ + (std::abs(correction) < kSmall
                ? step * (1 - correction)
                : 2 * rise / (slope_ + sign_ * std::sqrt(slope_ * slope_ + 2 * bend_ * rise)));
  for (int i = 0; i < kMaxRootSteps; ++i) {
    if (!(t >= low && t <= high)) t = 0.5 * (low + high);
    go_to(t);
    const double off = y_ - y;
    if (std::abs(off) < accuracy_) break;
    (off * sign_ < 0 ? low : high) = t;
    t -= off / slope_;
  }
  return curve_.c0.x + t_ * (curve_.c1.x + t_ * (curve_.c2.x + t_ * curve_.c3.x));
}

}  // namespace svgfusion::icon
