// SPDX-License-Identifier: MIT
// Least-squares fit with fixed end tangents after Schneider, "An algorithm for automatically
// fitting digitized curves", Graphics Gems, 1990.
#include "fit_cubic.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace svgfusion::icon {
namespace {

using svg::Point;
using svg::Segment;

constexpr int kSamples = 6;  // a segment
// Rounds of reparametrisation, and how many times the tolerance the worst sample may still be off
// after each: later rounds gain a little, not more than this.
constexpr std::array<double, 4> kHope{4, 2, 1.3, 1};
constexpr double kZero = 1e-9;

// Points of the curve to fit, with the parameters they are to have on the fitted one.
struct Sample {
  Point p;
  double t = 0;  // first the length along the curve up to here
};

// Handle lengths along the tangents that fit the samples best; unset when they do not point ahead.
std::optional<Segment> solve(Point start, Point end, Point tangent0, Point tangent1,
                             std::span<const Sample> samples) {
  // The normal equations of two unknowns: with unit tangents most of each entry is a sum of
  // Bernstein products.
  double b11 = 0, b12 = 0, b22 = 0;
  Point x0, x1;
  for (const Sample& s : samples) {
    const double u = 1 - s.t;
    const double b1 = 3 * u * u * s.t;
    const double b2 = 3 * u * s.t * s.t;
    const Point rest = s.p - (u * u * u + b1) * start - (s.t * s.t * s.t + b2) * end;
    b11 += b1 * b1;
    b12 += b1 * b2;
    b22 += b2 * b2;
    x0 = x0 + b1 * rest;
    x1 = x1 + b2 * rest;
  }
  const double c01 = -b12 * dot(tangent0, tangent1);
  const double r0 = dot(tangent0, x0);
  const double r1 = -dot(tangent1, x1);
  const double determinant = b11 * b22 - c01 * c01;
  if (std::abs(determinant) < kZero) return std::nullopt;
  const double alpha0 = (r0 * b22 - r1 * c01) / determinant;
  const double alpha1 = (b11 * r1 - c01 * r0) / determinant;
  const double reach = 3 * distance(start, end) + 1;
  if (alpha0 <= kZero || alpha1 <= kZero || alpha0 > reach || alpha1 > reach) return std::nullopt;
  return svg::cubic_to(start + alpha0 * tangent0, end - alpha1 * tangent1, end);
}

// One Newton step of each sample towards its foot on the curve. Returns the largest distance, or
// what it was when it passed `hopeless`.
double reparametrise(const svg::Polynomial& curve, std::span<Sample> samples, double hopeless) {
  double worst = 0;
  for (Sample& s : samples) {
    const Point off = curve.at(s.t) - s.p;
    const Point d1 = curve.first(s.t);
    const double slope = dot(d1, d1) + dot(off, curve.second(s.t));
    if (std::abs(slope) > kZero) s.t = std::clamp(s.t - dot(off, d1) / slope, 0.0, 1.0);
    const Point left = curve.at(s.t) - s.p;
    worst = std::max(worst, dot(left, left));
    if (worst > hopeless * hopeless) break;
  }
  return std::sqrt(worst);
}

void take_samples(Point start, std::span<const Segment> run, std::vector<Sample>& samples) {
  samples.clear();
  Point current = start;
  Point previous = start;
  double along = 0;
  for (const Segment& s : run) {
    const svg::Polynomial curve(current, s);
    for (int i = 1; i <= kSamples; ++i) {
      const Point p = curve.at(static_cast<double>(i) / kSamples);
      along += distance(previous, p);
      samples.push_back({p, along});
      previous = p;
    }
    current = s.end;
  }
  for (Sample& s : samples) s.t /= along;
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

std::optional<Segment> fit_cubic(Point start, std::span<const Segment> run, double tolerance) {
  const Point end = run.back().end;
  const Point before_last = run.size() > 1 ? run[run.size() - 2].end : start;
  Point tangent0 = start_tangent(start, run.front());
  Point tangent1 = end_tangent(before_last, run.back());
  if (length(tangent0) < kZero || length(tangent1) < kZero || distance(start, end) < kZero) {
    return std::nullopt;
  }
  tangent0 = (1 / length(tangent0)) * tangent0;
  tangent1 = (1 / length(tangent1)) * tangent1;
  thread_local std::vector<Sample> samples;
  take_samples(start, run, samples);
  for (const double hope : kHope) {
    const auto curve = solve(start, end, tangent0, tangent1, samples);
    if (!curve) return std::nullopt;
    const double worst = reparametrise(svg::Polynomial(start, *curve), samples, hope * tolerance);
    if (worst <= tolerance) return curve;
    if (worst > hope * tolerance) return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace svgfusion::icon
