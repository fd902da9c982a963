// SPDX-License-Identifier: MIT
#include "rounding.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "rounding_search.h"

namespace svgfusion::icon {
namespace {

using svg::Point;
using svg::Segment;

constexpr double kOnGrid = 1e-6;  // icon units
constexpr double kLevel = 1e-5;   // grid steps

// The lists of a Rounder, kept from contour to contour.
struct Workspace {
  // By coordinate (2 * point + axis) the variable, itself a coordinate.
  std::vector<std::uint32_t> variable_of;
  RoundingProblem problem;
};

class Rounder {
 public:
  Rounder(svg::Subpath& contour, double stroke_width, Grid grid, Workspace& lists)
      : contour_(contour),
        grid_(grid),
        origin_(grid.coordinate(0)),
        step_(grid.step()),
        variable_of_(lists.variable_of),
        problem_(lists.problem),
        wanted_(problem_.wanted),
        values_(problem_.values),
        pieces_(problem_.pieces) {
    variable_of_.clear();
    wanted_.clear();
    values_.clear();
    pieces_.clear();
    const bool is_closed = contour.closed || stroke_width == 0;
    add_pieces(is_closed);
    tie_what_is_level();
    for (Piece& piece : pieces_) {
      std::array<Point, 4> points{};
      for (std::size_t i = 0; i < piece.points; ++i) points[i] = wanted(piece.point[i]);
      add_cost({points.data(), piece.points}, piece);
    }
    if (!is_closed && !pieces_.empty()) {
      const double weight = 0.5 * stroke_width / grid.step();
      hold(pieces_.front(), 0, weight);
      hold(pieces_.back(), pieces_.back().points - 1u, weight);
    }
  }

  void run() {
    lower_cost(problem_, grid_);
    write_back();
  }

 private:
  void add_pieces(bool is_closed) {
    std::uint32_t current = add_point(contour_.start);
    for (const Segment& s : contour_.segments) {
      const bool is_last = &s == &contour_.segments.back();
      const bool returns = is_last && is_closed && s.end == contour_.start;
      Piece& piece = pieces_.emplace_back();
      piece.point[piece.points++] = current;
      if (s.kind == Segment::Kind::kCubic) {
        piece.point[piece.points++] = add_point(s.control1);
        piece.point[piece.points++] = add_point(s.control2);
      }
      current = returns ? 0 : add_point(s.end);
      piece.point[piece.points++] = current;
    }
    if (is_closed && current != 0) {
      Piece& closing = pieces_.emplace_back();
      closing.points = 2;
      closing.point = {current, 0, 0, 0};
    }
  }

  std::uint32_t add_point(Point p) {
    for (const double coordinate : {p.x, p.y}) {
      variable_of_.push_back(static_cast<std::uint32_t>(wanted_.size()));
      wanted_.push_back((coordinate - origin_) / step_);
      values_.push_back(grid_.nearest(coordinate));
    }
    return static_cast<std::uint32_t>(wanted_.size() / 2 - 1);
  }

  Point wanted(std::size_t point) const { return {wanted_[2 * point], wanted_[2 * point + 1]}; }

  // Lines and handles that are level or upright stay so: the coordinate is one variable for both
  // ends.
  void tie_what_is_level() {
    for (const Piece& piece : pieces_) {
      const std::size_t last = piece.points - 1u;
      tie_points(piece.point[0], piece.point[1]);
      if (last > 1) tie_points(piece.point[last - 1], piece.point[last]);
    }
    for (std::uint32_t c = 0; c < variable_of_.size(); ++c) variable_of_[c] = root_of(c);
    for (Piece& piece : pieces_) {
      std::array<std::uint32_t, 8> variables{};
      for (std::size_t i = 0; i < piece.coordinates(); ++i)
        variables[i] = variable_of_[std::size_t{2} * piece.point[i / 2] + i % 2];
      name_variables({variables.data(), piece.coordinates()}, piece);
    }
  }
  void tie_points(std::uint32_t a, std::uint32_t b) {
    for (std::uint32_t axis = 0; axis < 2; ++axis) tie(2 * a + axis, 2 * b + axis);
  }

  std::uint32_t root_of(std::uint32_t coordinate) const {
    while (variable_of_[coordinate] != coordinate) coordinate = variable_of_[coordinate];
    return coordinate;
  }
  void tie(std::uint32_t a, std::uint32_t b) {
    if (std::abs(wanted_[a] - wanted_[b]) > kLevel) return;
    const std::uint32_t root_a = root_of(a);
    const std::uint32_t root_b = root_of(b);
    variable_of_[std::max(root_a, root_b)] = std::min(root_a, root_b);
  }

  void write_back() {
    std::size_t next = 0;
    const auto take = [&] {
      const auto value = [&](std::size_t coordinate) {
        return grid_.coordinate(values_[variable_of_[coordinate]]);
      };
      const Point p{value(2 * next), value(2 * next + 1)};
      ++next;
      return p;
    };
    contour_.start = take();
    for (Segment& s : contour_.segments) {
      if (s.kind == Segment::Kind::kCubic) {
        s.control1 = take();
        s.control2 = take();
      }
      s.end = 2 * next < wanted_.size() ? take() : contour_.start;
    }
  }

  svg::Subpath& contour_;
  Grid grid_;
  double origin_, step_;  // the grid's, in icon units
  std::vector<std::uint32_t>& variable_of_;
  RoundingProblem& problem_;
  std::vector<double>& wanted_;
  std::vector<int>& values_;
  std::vector<Piece>& pieces_;
};

// Whether every coordinate is a value of the grid already.
bool is_exact(const svg::Subpath& contour, Grid grid) {
  const auto on_grid = [&](Point p) {
    const Point off = p - grid.snapped(p);
    return std::abs(off.x) < kOnGrid && std::abs(off.y) < kOnGrid;
  };
  if (!on_grid(contour.start)) return false;
  return std::all_of(contour.segments.begin(), contour.segments.end(), [&](const Segment& s) {
    return on_grid(s.end) &&
           (s.kind == Segment::Kind::kLine || (on_grid(s.control1) && on_grid(s.control2)));
  });
}

}  // namespace

void round_to_grid(svg::Subpath& contour, double stroke_width, Grid grid) {
  if (is_exact(contour, grid)) return;
  thread_local Workspace lists;
  Rounder(contour, stroke_width, grid, lists).run();
}

}  // namespace svgfusion::icon
