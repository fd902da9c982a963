// SPDX-License-Identifier: MIT
// Least-squares fit with fixed end tangents after Schneider, "An algorithm for automatically
// fitting digitized curves", Graphics Gems, 1990.
#include "fit_cubic.h"

#include <algorithm>
#include <cmath>

namespace svgfusion::icon {
namespace {

using svg::Point;
using svg::Segment;

constexpr int kSamples = 12;  // a segment
constexpr int kRounds = 4;    // of reparametrisation
constexpr double kZero = 1e-9;

Point derivative(Point start, const Segment& s, double t) {
  const double u = 1 - t;
  return 3 * u * u * (s.control1 - start) + 6 * u * t * (s.control2 - s.control1) +
         3 * t * t * (s.end - s.control2);
}

Point second_derivative(Point start, const Segment& s, double t) {
  return 6 * (1 - t) * (s.control2 - 2 * s.control1 + start) +
         6 * t * (s.end - 2 * s.control2 + s.control1);
}

// Handle lengths along the tangents that fit the samples best; unset when they do not point ahead.
std::optional<Segment> solve(Point start, Point end, Point tangent0, Point tangent1,
                             const std::vector<Point>& samples, const std::vector<double>& t) {
  double c00 = 0, c01 = 0, c11 = 0, x0 = 0, x1 = 0;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const double u = 1 - t[i];
    const double b1 = 3 * u * u * t[i];
    const double b2 = 3 * u * t[i] * t[i];
    const Point a0 = b1 * tangent0;
    const Point a1 = -b2 * tangent1;
    const Point rest = samples[i] - (u * u * u + b1) * start - (t[i] * t[i] * t[i] + b2) * end;
    c00 += dot(a0, a0);
    c01 += dot(a0, a1);
    c11 += dot(a1, a1);
    x0 += dot(a0, rest);
    x1 += dot(a1, rest);
  }
  const double determinant = c00 * c11 - c01 * c01;
  if (std::abs(determinant) < kZero) return std::nullopt;
  const double alpha0 = (x0 * c11 - x1 * c01) / determinant;
  const double alpha1 = (c00 * x1 - c01 * x0) / determinant;
  const double reach = 3 * distance(start, end) + 1;
  if (alpha0 <= kZero || alpha1 <= kZero || alpha0 > reach || alpha1 > reach) return std::nullopt;
  return svg::cubic_to(start + alpha0 * tangent0, end - alpha1 * tangent1, end);
}

// One Newton step towards the foot of each sample on the curve.
void reparametrise(Point start, const Segment& curve, const std::vector<Point>& samples,
                   std::vector<double>& t) {
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const Point off = svg::evaluate(start, curve, t[i]) - samples[i];
    const Point d1 = derivative(start, curve, t[i]);
    const double slope = dot(d1, d1) + dot(off, second_derivative(start, curve, t[i]));
    if (std::abs(slope) > kZero) t[i] = std::clamp(t[i] - dot(off, d1) / slope, 0.0, 1.0);
  }
}

}  // namespace

Point start_tangent(Point start, const Segment& s) {
  if (s.kind == Segment::Kind::kCubic) {
    for (const Point p : {s.control1, s.control2}) {
      if (distance(start, p) > kZero) return p - start;
    }
  }
  return s.end - start;
}

Point end_tangent(Point start, const Segment& s) {
  if (s.kind == Segment::Kind::kCubic) {
    for (const Point p : {s.control2, s.control1}) {
      if (distance(s.end, p) > kZero) return s.end - p;
    }
  }
  return s.end - start;
}

std::optional<Segment> fit_cubic(Point start, const std::vector<Segment>& run, double tolerance) {
  const Point end = run.back().end;
  const Point before_last = run.size() > 1 ? run[run.size() - 2].end : start;
  Point tangent0 = start_tangent(start, run.front());
  Point tangent1 = end_tangent(before_last, run.back());
  if (length(tangent0) < kZero || length(tangent1) < kZero || distance(start, end) < kZero) {
    return std::nullopt;
  }
  tangent0 = (1 / length(tangent0)) * tangent0;
  tangent1 = (1 / length(tangent1)) * tangent1;

  std::vector<Point> samples;
  std::vector<double> along{0};
  Point current = start;
  Point previous = start;
  for (const Segment& s : run) {
    for (int i = 1; i <= kSamples; ++i) {
      const Point p = svg::evaluate(current, s, static_cast<double>(i) / kSamples);
      samples.push_back(p);
      along.push_back(along.back() + distance(previous, p));
      previous = p;
    }
    current = s.end;
  }
  std::vector<double> t;
  for (std::size_t i = 0; i < samples.size(); ++i) t.push_back(along[i + 1] / along.back());

  for (int round = 0; round < kRounds; ++round) {
    const auto curve = solve(start, end, tangent0, tangent1, samples, t);
    if (!curve) return std::nullopt;
    reparametrise(start, *curve, samples, t);
    double worst = 0;
    for (std::size_t i = 0; i < samples.size(); ++i) {
      worst = std::max(worst, distance(samples[i], svg::evaluate(start, *curve, t[i])));
    }
    if (worst <= tolerance) return curve;
    if (worst > 10 * tolerance) return std::nullopt;  // further rounds gain a little, not this much
  }
  return std::nullopt;
}

}  // namespace svgfusion::icon
