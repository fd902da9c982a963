// SPDX-License-Identifier: MIT
#include "intersect.h"

#include <algorithm>

namespace svgfusion::icon {
namespace {

using svg::Point;
using svg::Segment;

constexpr double kTouch = 1e-6;            // icon units: nearer than this counts as meeting
constexpr double kSmall = 1e-5;            // a piece this short is one point
constexpr double kClearlyCrossing = 1e-3;  // sine of the angle between two lines
constexpr int kMaxSteps = 4000;  // crossings take a few hundred; running along takes all of them
constexpr int kMaxHits = 100;    // two monotone cubics cross at most nine times, a few hits each

struct Span {
  double t0, t1;
  Point p0, p1;
  double size() const { return std::max(std::abs(p1.x - p0.x), std::abs(p1.y - p0.y)); }
};

bool overlap(const Span& a, const Span& b) {
  const auto meets = [](double a0, double a1, double b0, double b1) {
    return std::max(std::min(a0, a1), std::min(b0, b1)) <=
           std::min(std::max(a0, a1), std::max(b0, b1)) + kTouch;
  };
  return meets(a.p0.x, a.p1.x, b.p0.x, b.p1.x) && meets(a.p0.y, a.p1.y, b.p0.y, b.p1.y);
}

class Search {
 public:
  Search(const MonotoneEdge& a, const MonotoneEdge& b, std::vector<double>& on_a,
         std::vector<double>& on_b)
      : a_(a), b_(b), on_a_(on_a), on_b_(on_b) {}

  bool run() {
    visit({0, 1, a_.start, a_.segment.end}, {0, 1, b_.start, b_.segment.end});
    return steps_ <= kMaxSteps && hits_ <= kMaxHits;
  }

 private:
  void visit(const Span& a, const Span& b) {
    if (steps_ > kMaxSteps || hits_ > kMaxHits || !overlap(a, b)) return;
    ++steps_;
    if (a.size() < kSmall && b.size() < kSmall) {
      ++hits_;
      on_a_.push_back(0.5 * (a.t0 + a.t1));
      on_b_.push_back(0.5 * (b.t0 + b.t1));
      return;
    }
    if (a.size() >= b.size()) {
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

  const MonotoneEdge& a_;
  const MonotoneEdge& b_;
  std::vector<double>& on_a_;
  std::vector<double>& on_b_;
  int steps_ = 0;
  int hits_ = 0;
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

bool same_curve(const MonotoneEdge& a, const MonotoneEdge& b) {
  const auto near = [](Point p, Point q) { return distance(p, q) < kTouch; };
  if (a.segment.kind != b.segment.kind) return false;
  const bool is_line = a.segment.kind == Segment::Kind::kLine;
  const bool forward = near(a.start, b.start) && near(a.segment.end, b.segment.end) &&
                       (is_line || (near(a.segment.control1, b.segment.control1) &&
                                    near(a.segment.control2, b.segment.control2)));
  const bool backward = near(a.start, b.segment.end) && near(a.segment.end, b.start) &&
                        (is_line || (near(a.segment.control1, b.segment.control2) &&
                                     near(a.segment.control2, b.segment.control1)));
  return forward || backward;
}

}  // namespace

void add_monotone(Point start, const Segment& segment, std::size_t source,
                  std::vector<MonotoneEdge>& out) {
  if (segment.kind == Segment::Kind::kLine) {
    if (!(start == segment.end)) out.push_back({start, segment, source, 0, 1});
    return;
  }
  const svg::Parameters turns = svg::extrema(start, segment);
  thread_local std::vector<double> cuts;
  cuts.assign({0, 1});
  cuts.insert(cuts.end(), turns.begin(), turns.end());
  std::sort(cuts.begin(), cuts.end());
  Point from = start;
  for (std::size_t i = 0; i + 1 < cuts.size(); ++i) {
    if (cuts[i + 1] - cuts[i] < 1e-9) continue;
    const Segment part = svg::part_of(start, segment, cuts[i], cuts[i + 1]);
    if (distance(from, part.end) > 1e-9) out.push_back({from, part, source, cuts[i], cuts[i + 1]});
    from = part.end;
  }
}

bool intersect(const MonotoneEdge& a, const MonotoneEdge& b, std::vector<double>& on_a,
               std::vector<double>& on_b) {
  if (!overlap({0, 1, a.start, a.segment.end}, {0, 1, b.start, b.segment.end})) return true;
  if (same_curve(a, b)) return true;
  if (a.segment.kind == Segment::Kind::kLine && b.segment.kind == Segment::Kind::kLine) {
    const Point u = a.segment.end - a.start;
    const Point v = b.segment.end - b.start;
    const double scale = length(u) * length(v);
    const double offset = std::max(std::abs(cross(u, b.start - a.start)),
                                   std::abs(cross(u, b.segment.end - a.start))) /
                          length(u);
    if (std::abs(cross(u, v)) < 1e-7 * scale && offset < 10 * kTouch) {
      intersect_collinear(a, b, on_a, on_b);
      return true;
    }
    if (std::abs(cross(u, v)) > kClearlyCrossing * scale) {
      intersect_crossing(a, b, u, v, on_a, on_b);
      return true;
    }
  }
  return Search(a, b, on_a, on_b).run();
}

}  // namespace svgfusion::icon
