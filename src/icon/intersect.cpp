// SPDX-License-Identifier: MIT
#include "intersect.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

namespace svgfusion::icon {
namespace {

using svg::Point;
using svg::Segment;

constexpr double kTouch = 1e-6;      // icon units: nearer than this counts as meeting
constexpr double kNoBend = 2e-7;     // a piece that bends by less is as good as its chord
constexpr double kParallel = 1e-7;   // sine of the angle between two lines
constexpr double kApart = 5e-3;      // hits farther from each other are two crossings, or more
constexpr double kWide = 1e-3;       // edges that are wider are not upright, those higher not level
constexpr double kLongTouch = 0.05;  // edges that are near each other for longer run along it
constexpr double kAlong = 1e-4;      // what lies nearer to an edge than this runs along it
constexpr int kMaxWalk = 2000;       // crossings take about twenty
constexpr std::size_t kMaxHits = 100;

struct Span {
  double t0, t1;
  Point p0, p1;
};

bool overlap(const Span& a, const Span& b) {
  const auto meets = [](double a0, double a1, double b0, double b1) {
    return std::max(std::min(a0, a1), std::min(b0, b1)) <=
           std::min(std::max(a0, a1), std::max(b0, b1)) + kTouch;
  };
  return meets(a.p0.x, a.p1.x, b.p0.x, b.p1.x) && meets(a.p0.y, a.p1.y, b.p0.y, b.p1.y);
}

// Whether `b` lies on one side of the carrier of `a`, by more than `slack`.
bool is_beside(const Span& a, const Span& b, double slack) {
  const Point along = a.p1 - a.p0;
  const double first = cross(along, b.p0 - a.p0);
  const double last = cross(along, b.p1 - a.p0);
  return first * last > 0 && std::min(std::abs(first), std::abs(last)) > slack * length(along);
}

// How far a cubic is off its chord at most, where its parameter runs by one: an eighth of its
// greatest second derivative.
double bend_of(const MonotoneEdge& edge) {
  const Segment& s = edge.segment;
  if (s.kind == Segment::Kind::kLine) return 0;
  return 0.75 * std::max(length(edge.start - 2 * s.control1 + s.control2),
                         length(s.control1 - 2 * s.control2 + s.end));
}

// Where two chords come nearest to each other, as shares of their lengths.
struct Approach {
  double on_a, on_b, distance;
};

Approach nearest(const Span& a, const Span& b) {
  const Point u = a.p1 - a.p0;
  const Point v = b.p1 - b.p0;
  const Point between = b.p0 - a.p0;
  const double turn = cross(u, v);
  if (turn != 0) {
    const double s = cross(between, v) / turn;
    const double t = cross(between, u) / turn;
    if (s >= 0 && s <= 1 && t >= 0 && t <= 1) return {s, t, 0};
  }
  const auto share = [](Point p, Point from, Point along) {
    const double squared = dot(along, along);
    return squared > 0 ? std::clamp(dot(p - from, along) / squared, 0.0, 1.0) : 0.0;
  };
  Approach best{0, 0, INFINITY};
  const auto consider = [&](double s, double t) {
    const double d = distance(a.p0 + s * u, b.p0 + t * v);
    if (d < best.distance) best = {s, t, d};
  };
  consider(0, share(a.p0, b.p0, v));
  consider(1, share(a.p1, b.p0, v));
  consider(share(b.p0, a.p0, u), 0);
  consider(share(b.p1, a.p0, u), 1);
  return best;
}

// Halves the edges wherever they may meet, down to chords.
class Search {
 public:
  Search(const MonotoneEdge& a, const MonotoneEdge& b)
      : a_(a), b_(b), bend_a_(bend_of(a)), bend_b_(bend_of(b)), hits_(spare_hits()) {
    hits_.clear();
  }

  bool run(std::vector<double>& on_a, std::vector<double>& on_b) {
    visit({0, 1, a_.start, a_.segment.end}, {0, 1, b_.start, b_.segment.end});
    if (steps_ > kMaxWalk || hits_.size() > kMaxHits) return false;
    // Edges that touch are near each other for a while: they meet where they are nearest.
    std::sort(hits_.begin(), hits_.end(),
              [](const Hit& x, const Hit& y) { return x.on_a < y.on_a; });
    for (std::size_t i = 0; i < hits_.size();) {
      std::size_t best = i;
      std::size_t last = i;
      while (last + 1 < hits_.size() && distance(hits_[last].at, hits_[last + 1].at) < kApart) {
        ++last;
        if (hits_[last].gap < hits_[best].gap) best = last;
      }
      if (distance(hits_[i].at, hits_[last].at) > kLongTouch) return false;
      on_a.push_back(hits_[best].on_a);
      on_b.push_back(hits_[best].on_b);
      i = last + 1;
    }
    return true;
  }

 private:
  struct Hit {
    double on_a, on_b, gap;
    Point at;
  };

  void visit(const Span& a, const Span& b) {
    if (steps_ > kMaxWalk || hits_.size() > kMaxHits || !overlap(a, b)) return;
    ++steps_;
    const double off_a = bend_a_ * (a.t1 - a.t0) * (a.t1 - a.t0);
    const double off_b = bend_b_ * (b.t1 - b.t0) * (b.t1 - b.t0);
    const double slack = off_a + off_b + kTouch;
    if (is_beside(a, b, slack) || is_beside(b, a, slack)) return;
    if (off_a < kNoBend && off_b < kNoBend) {
      const Approach found = nearest(a, b);
      if (found.distance > kTouch) return;
      hits_.push_back({std::lerp(a.t0, a.t1, found.on_a), std::lerp(b.t0, b.t1, found.on_b),
                       found.distance, lerp(a.p0, a.p1, found.on_a)});
    } else if (off_a >= off_b) {
      const auto [left, right] = halves(a_, a);
      visit(left, b);
      visit(right, b);
    } else {
      const auto [left, right] = halves(b_, b);
      visit(a, left);
      visit(a, right);
    }
  }

  static std::pair<Span, Span> halves(const MonotoneEdge& edge, const Span& span) {
    const double t = 0.5 * (span.t0 + span.t1);
    const Point p = svg::evaluate(edge.start, edge.segment, t);
    return {{span.t0, t, span.p0, p}, {t, span.t1, p, span.p1}};
  }

  // The list of the thread's last search.
  static std::vector<Hit>& spare_hits() {
    thread_local std::vector<Hit> hits;
    return hits;
  }

  const MonotoneEdge& a_;
  const MonotoneEdge& b_;
  double bend_a_, bend_b_;
  std::vector<Hit>& hits_;
  int steps_ = 0;
};

// Two lines on one carrier: each is cut where the other ends.
void intersect_collinear(const MonotoneEdge& a, const MonotoneEdge& b, std::vector<double>& on_a,
                         std::vector<double>& on_b) {
  const auto cut = [](const MonotoneEdge& edge, const MonotoneEdge& other,
                      std::vector<double>& out) {
    const Point along = edge.segment.end - edge.start;
    for (const Point p : {other.start, other.segment.end}) {
      const double t = dot(p - edge.start, along) / dot(along, along);
      if (t >= 0 && t <= 1) out.push_back(t);
    }
  };
  cut(a, b, on_a);
  cut(b, a, on_b);
}

// Two lines that are not nearly parallel: where the carriers cross, if both lines reach there.
void intersect_crossing(const MonotoneEdge& a, const MonotoneEdge& b, Point u, Point v,
                        std::vector<double>& on_a, std::vector<double>& on_b) {
  const Point apart = b.start - a.start;
  const double t = cross(apart, v) / cross(u, v);
  const double s = cross(apart, u) / cross(u, v);
  const double slack_a = kTouch / length(u);
  const double slack_b = kTouch / length(v);
  if (t < -slack_a || t > 1 + slack_a || s < -slack_b || s > 1 + slack_b) return;
  on_a.push_back(std::clamp(t, 0.0, 1.0));
  on_b.push_back(std::clamp(s, 0.0, 1.0));
}

// Whether the edges' extents along one axis have no more than an end in common. Then nothing else
// of them meets, unless one is all but perpendicular to that axis.
bool only_ends_meet(double a0, double a1, double b0, double b1) {
  const double common =
      std::min(std::max(a0, a1), std::max(b0, b1)) - std::max(std::min(a0, a1), std::min(b0, b1));
  return common <= kTouch && std::abs(a1 - a0) > kWide && std::abs(b1 - b0) > kWide;
}

void intersect_ends(const MonotoneEdge& a, const MonotoneEdge& b, std::vector<double>& on_a,
                    std::vector<double>& on_b) {
  for (const double t : {0.0, 1.0}) {
    for (const double s : {0.0, 1.0}) {
      const Point p = t == 0 ? a.start : a.segment.end;
      const Point q = s == 0 ? b.start : b.segment.end;
      if (distance(p, q) > kTouch) continue;
      on_a.push_back(t);
      on_b.push_back(s);
      return;
    }
  }
}

// Where the edge comes nearest to a point, as a parameter; unset when that is not near.
std::optional<double> passing(const MonotoneEdge& edge, Point p) {
  constexpr int kStarts = 16;
  constexpr int kNewtonSteps = 8;
  const svg::Polynomial curve(edge.start, edge.segment);
  double t = 0;
  for (int i = 1; i <= kStarts; ++i) {
    const double other = static_cast<double>(i) / kStarts;
    if (distance(curve.at(other), p) < distance(curve.at(t), p)) t = other;
  }
  for (int i = 0; i < kNewtonSteps; ++i) {
    const Point along = curve.first(t);
    const double squared = dot(along, along);
    if (squared > 0) t = std::clamp(t + dot(p - curve.at(t), along) / squared, 0.0, 1.0);
  }
  return distance(curve.at(t), p) < kAlong ? std::optional(t) : std::nullopt;
}

// Two edges that run along each other: each is cut where the other ends. False unless both are
// parts of about one curve.
bool intersect_along(const MonotoneEdge& a, const MonotoneEdge& b, std::vector<double>& on_a,
                     std::vector<double>& on_b) {
  int ends = 0;
  const auto cut = [&](const MonotoneEdge& edge, const MonotoneEdge& other,
                       std::vector<double>& out) {
    for (const Point p : {other.start, other.segment.end}) {
      const auto t = passing(edge, p);
      if (!t) continue;
      out.push_back(*t);
      ++ends;
    }
  };
  cut(a, b, on_a);
  cut(b, a, on_b);
  return ends >= 2;
}

bool is_same(Point a_start, const Segment& a, Point b_start, const Segment& b, double slack) {
  const auto near = [&](Point p, Point q) { return distance(p, q) < slack; };
  return near(a_start, b_start) && near(a.end, b.end) &&
         (a.kind == Segment::Kind::kLine ||
          (near(a.control1, b.control1) && near(a.control2, b.control2)));
}

bool same_curve(const MonotoneEdge& a, const MonotoneEdge& b) {
  return a.segment.kind == b.segment.kind &&
         (is_same(a.start, a.segment, b.start, b.segment, kTouch) ||
          is_same(a.start, a.segment, b.segment.end, svg::reversed(b.start, b.segment), kTouch));
}

}  // namespace

Contact intersect(const MonotoneEdge& a, const MonotoneEdge& b, std::vector<double>& on_a,
                  std::vector<double>& on_b) {
  if (!overlap({0, 1, a.start, a.segment.end}, {0, 1, b.start, b.segment.end}))
    return Contact::kPoints;
  if (same_curve(a, b)) return Contact::kPoints;
  if (a.segment.kind == Segment::Kind::kLine && b.segment.kind == Segment::Kind::kLine) {
    const Point u = a.segment.end - a.start;
    const Point v = b.segment.end - b.start;
    const double scale = length(u) * length(v);
    const double offset = std::max(std::abs(cross(u, b.start - a.start)),
                                   std::abs(cross(u, b.segment.end - a.start))) /
                          length(u);
    if (std::abs(cross(u, v)) < kParallel * scale) {
      if (offset >= 10 * kTouch) return Contact::kPoints;
      intersect_collinear(a, b, on_a, on_b);
      return Contact::kPoints;
    }
    intersect_crossing(a, b, u, v, on_a, on_b);
    return Contact::kPoints;
  }
  if (only_ends_meet(a.start.x, a.segment.end.x, b.start.x, b.segment.end.x) ||
      only_ends_meet(a.start.y, a.segment.end.y, b.start.y, b.segment.end.y)) {
    intersect_ends(a, b, on_a, on_b);
    return Contact::kPoints;
  }
  const std::size_t known = on_a.size();
  const std::size_t known_of_b = on_b.size();
  if (Search(a, b).run(on_a, on_b)) return Contact::kPoints;
  on_a.resize(known);
  on_b.resize(known_of_b);
  return intersect_along(a, b, on_a, on_b) ? Contact::kAlong : Contact::kUnclear;
}

}  // namespace svgfusion::icon
