// SPDX-License-Identifier: MIT
// A curve fitter after Schneider ("An Algorithm for Automatically Fitting Digitized Curves",
// Graphics Gems, 1990) with Newton reparametrisation, and lines after Ramer, Douglas and Peucker.
#include "fitter.h"

#include <algorithm>
#include <numbers>

#include "float_math.h"

namespace svgfusion::deepsvg {
namespace {

constexpr double kFitTolerance = 0.1;   // of the squared distance
constexpr double kLineTolerance = 0.2;  // of the distance
constexpr double kCorner = 150;         // degrees; a smaller angle between curves is a corner
constexpr int kIterations = 5;
constexpr double kMachineEpsilon = 1.12e-16;
constexpr std::size_t kMaxDepth = 900;  // where Python's recursion ends

class Fitter {
 public:
  explicit Fitter(const Path& path) : commands_(path.commands) {
    points_.push_back(commands_[0].start);
    for (const Command& c : commands_) points_.push_back(c.end);
  }

  std::vector<Command> run() {
    std::size_t done = 0;  // the point that has been reached
    for (const auto& [first, last] : smooth_runs()) {
      fit_lines(done, first, 0);  // also where nothing lies between: a line without length
      fit_cubic(first, last, normalized(points_[first + 1] - points_[first]),
                normalized(points_[last - 1] - points_[last]), 0);
      done = last;
    }
    fit_lines(done, points_.size() - 1, 0);
    return std::move(out_);
  }

 private:
  struct Run {
    std::size_t first, last;  // points
  };

  // Curves in a row without a corner between them.
  std::vector<Run> smooth_runs() const {
    std::vector<Run> runs;
    bool in_run = false;
    for (std::size_t i = 0; i < commands_.size(); ++i) {
      if (commands_[i].kind == Command::Kind::kLine) {
        in_run = false;
        continue;
      }
      if (in_run && angle(commands_[i - 1], commands_[i]) < kCorner) in_run = false;
      if (!in_run) runs.push_back({i, i});
      runs.back().last = i + 1;
      in_run = true;
    }
    return runs;
  }

  // 180 where the curves run on straight.
  static double angle(const Command& before, const Command& after) {
    const Point t1 = first_derivative(before, 1);
    const Point t2 = -first_derivative(after, 0);
    if (norm(t1) <= 1e-8 || norm(t2) <= 1e-8) return 0;
    return angle_between(t1, t2) * (180 / std::numbers::pi);
  }

  void fit_lines(std::size_t first, std::size_t last, std::size_t depth) {
    check_depth(depth);
    const Point a = points_[first];
    const Point b = points_[last];
    double largest = 0;
    std::size_t split = 0;
    for (std::size_t i = first + 1; i < last; ++i) {
      const double away = is_close(a, b) ? distance(points_[i], a)
                                         : std::fabs(cross(b - a, a - points_[i])) / norm(b - a);
      if (away >= largest) {
        largest = away;
        split = i;
      }
    }
    if (largest > kLineTolerance) {
      fit_lines(first, split, depth + 1);
      fit_lines(split, last, depth + 1);
    } else {
      out_.push_back(line(a, b));
    }
  }

  void fit_cubic(std::size_t first, std::size_t last, Point tangent1, Point tangent2,
                 std::size_t depth) {
    check_depth(depth);
    const Point a = points_[first];
    const Point b = points_[last];
    if (last - first == 1) {
      const double third = distance(a, b) / 3;
      out_.push_back(cubic(a, a + third * tangent1, b + third * tangent2, b));
      return;
    }
    std::vector<double> u = chord_lengths(first, last);
    double worst = std::max(kFitTolerance, kFitTolerance * kFitTolerance);
    bool in_order = true;
    std::size_t split = (last - first + 1) / 2;
    for (int i = 0; i < kIterations; ++i) {
      const Command curve = best_cubic(first, last, u, tangent1, tangent2);
      const double error = largest_error(first, last, curve, u, split);
      if (error < kFitTolerance && in_order) {
        out_.push_back(curve);
        return;
      }
      if (error >= worst) break;
      in_order = reparametrise(first, curve, u);
      worst = error;
    }
    if (split == 0 || split + 1 >= points_.size()) throw base::SvgError("a curve cannot be fitted");
    const Point center = normalized(points_[split - 1] - points_[split + 1]);
    fit_cubic(first, split, tangent1, center, depth + 1);
    fit_cubic(split, last, -center, tangent2, depth + 1);
  }

  std::vector<double> chord_lengths(std::size_t first, std::size_t last) const {
    std::vector<double> u{0};
    for (std::size_t i = first + 1; i <= last; ++i)
      u.push_back(u.back() + distance(points_[i], points_[i - 1]));
    if (u.back() == 0) throw base::SvgError("points coincide; DeepSVG divides by zero here");
    const double total = u.back();
    for (double& v : u) v /= total;
    return u;
  }

  // Least squares over the lengths of both handles.
  Command best_cubic(std::size_t first, std::size_t last, const std::vector<double>& parameters,
                     Point tangent1, Point tangent2) const {
    constexpr double kEpsilon = 1e-12;
    const Point p1 = points_[first];
    const Point p2 = points_[last];
    double c00 = 0, c01 = 0, c11 = 0, x0 = 0, x1 = 0;
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      const double u = parameters[i];
      const double t = 1 - u;
      const double b = 3 * u * t;
      const double b0 = std::pow(t, 3);
      const double b3 = std::pow(u, 3);
      const Point a1 = b * t * tangent1;
      const Point a2 = b * u * tangent2;
      const Point rest = points_[first + i] - (b0 + b * t) * p1 - (b * u + b3) * p2;
      c00 += dot(a1, a1);
      c01 += dot(a1, a2);
      c11 += dot(a2, a2);
      x0 += dot(a1, rest);
      x1 += dot(a2, rest);
    }
    double alpha1 = 0, alpha2 = 0;
    const double determinant = c00 * c11 - c01 * c01;
    if (std::fabs(determinant) > kEpsilon) {
      alpha1 = (x0 * c11 - x1 * c01) / determinant;
      alpha2 = (c00 * x1 - c01 * x0) / determinant;
    } else {
      const double s0 = c00 + c01;
      const double s1 = c01 + c11;
      alpha1 = std::fabs(s0) > kEpsilon ? x0 / s0 : std::fabs(s1) > kEpsilon ? x1 / s1 : 0;
      alpha2 = alpha1;
    }
    const double chord = distance(p2, p1);
    const bool backwards = alpha1 < kEpsilon * chord || alpha2 < kEpsilon * chord;
    // Handles that overlap along the chord make loops.
    if (backwards || static_cast<double>(dot(alpha1 * tangent1, p2 - p1) -
                                         dot(alpha2 * tangent2, p2 - p1)) > chord * chord) {
      alpha1 = alpha2 = chord / 3;
    }
    return cubic(p1, p1 + alpha1 * tangent1, p2 + alpha2 * tangent2, p2);
  }

  // Of the squared distances; the last of equals.
  double largest_error(std::size_t first, std::size_t last, const Command& curve,
                       const std::vector<double>& u, std::size_t& index) const {
    double largest = 0;
    index = (last - first + 1) / 2;
    for (std::size_t i = 1; i < last - first; ++i) {
      const double away = distance(evaluate(curve, u[i]), points_[first + i]);
      if (away * away >= largest) {
        largest = away * away;
        index = first + i;
      }
    }
    return largest;
  }

  // One Newton step towards the nearest point of the curve. Whether parameters still rise.
  bool reparametrise(std::size_t first, const Command& curve, std::vector<double>& u) const {
    for (std::size_t i = 0; i < u.size(); ++i) {
      const Point off = evaluate(curve, u[i]) - points_[first + i];
      const Point d1 = first_derivative(curve, u[i]);
      const float denominator = dot(d1, d1) + dot(off, second_derivative(curve, u[i]));
      if (std::fabs(denominator) > kMachineEpsilon) u[i] -= dot(off, d1) / denominator;
    }
    for (std::size_t i = 1; i < u.size(); ++i) {
      if (u[i] <= u[i - 1]) return false;
    }
    return true;
  }

  static void check_depth(std::size_t depth) {
    if (depth > kMaxDepth) throw base::SvgError("a curve cannot be fitted");
  }

  const std::vector<Command>& commands_;
  std::vector<Point> points_;
  std::vector<Command> out_;
};

}  // namespace

std::vector<Command> fitted(const Path& path) { return Fitter(path).run(); }

}  // namespace svgfusion::deepsvg
