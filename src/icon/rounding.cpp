// SPDX-License-Identifier: MIT
#include "rounding.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "buckets.h"
#include "rounding_cost.h"

namespace svgfusion::icon {
namespace {

using svg::Point;
using svg::Segment;

constexpr int kMaxPasses = 8;
constexpr double kReach = 3;      // grid steps that a coordinate may be off
constexpr double kOnGrid = 1e-6;  // icon units
constexpr double kGood = 0.03;    // grid steps
constexpr std::size_t kNone = SIZE_MAX;
constexpr std::size_t kMostPlaces = 8;  // variables of a piece
constexpr double kLevel = 1e-5;         // grid steps
constexpr double kGain = 1e-9;          // in squared steps times length: less is rounding noise

// The lists of a Rounder, kept from contour to contour.
struct Workspace {
  // By coordinate (2 * point + axis) the variable, itself a coordinate; by variable the rest.
  std::vector<std::uint32_t> variable_of;
  std::vector<double> wanted;  // in grid steps
  std::vector<int> values;
  std::vector<Piece> pieces;
  std::vector<double> slopes;      // half the derivatives of the whole cost
  std::vector<double> curvatures;  // half the second derivatives; constant
  Buckets uses;  // of each variable: its pieces, and its place in them, as one number
};

class Rounder {
 public:
  Rounder(svg::Subpath& contour, double stroke_width, Grid grid, Workspace& lists)
      : contour_(contour),
        grid_(grid),
        origin_(grid.coordinate(0)),
        step_(grid.step()),
        variable_of_(lists.variable_of),
        wanted_(lists.wanted),
        values_(lists.values),
        pieces_(lists.pieces),
        slopes_(lists.slopes),
        curvatures_(lists.curvatures),
        uses_(lists.uses) {
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
    compute_slopes();
    bool is_good = true;
    for (const Piece& piece : pieces_) is_good = is_good && piece.is_settled;
    if (!is_good) {
      list_uses();
      for (int pass = 0; pass < kMaxPasses; ++pass) {
        if (!improve()) break;
      }
    }
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
  double error(std::size_t variable) const { return values_[variable] - wanted_[variable]; }

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

  // Slopes are kept up to date by move(). A piece that lies within a small part of a step of where
  // it should is not worth the search.
  void compute_slopes() {
    slopes_.assign(values_.size(), 0);
    curvatures_.assign(values_.size(), 0);
    for (Piece& piece : pieces_) {
      std::array<double, 8> slopes{};
      for (std::size_t j = 0; j < piece.variables; ++j) {
        const double off = error(piece.variable[j]);
        for (std::size_t i = 0; i < slopes.size(); ++i) slopes[i] += piece.cost[j][i] * off;
      }
      double cost = 0;
      for (std::size_t i = 0; i < piece.variables; ++i) {
        curvatures_[piece.variable[i]] += piece.cost[i][i];
        slopes_[piece.variable[i]] += slopes[i];
        cost += slopes[i] * error(piece.variable[i]);
      }
      piece.is_settled = cost <= kGood * kGood * piece.size;
    }
  }

  void list_uses() {
    uses_.fill(wanted_.size(), [&](const auto& put) {
      for (std::size_t k = 0; k < pieces_.size(); ++k) {
        for (std::size_t i = 0; i < pieces_[k].variables; ++i)
          put(pieces_[k].variable[i], kMostPlaces * k + i);
      }
    });
  }

  bool can_move(std::size_t coordinate, int step) const {
    const int value = values_[coordinate] + step;
    return value >= 0 && value < grid_.values() && std::abs(value - wanted_[coordinate]) < kReach;
  }

  bool improve() {
    bool improved = false;
    for (Piece& piece : pieces_) {
      if (!piece.is_settled) improved |= improve(piece);
    }
    return improved;
  }

  void move(std::size_t variable, int step) {
    values_[variable] += step;
    for (const std::uint32_t use : uses_[variable]) {
      Piece& piece = pieces_[use / kMostPlaces];
      const std::array<double, kMostPlaces>& row = piece.cost[use % kMostPlaces];
      piece.is_settled = false;
      for (std::size_t j = 0; j < piece.variables; ++j) slopes_[piece.variable[j]] += step * row[j];
    }
  }

  // Steps of one or two of a piece's variables, by their places in it; `second` is kNone for one.
  struct Move {
    double gain = -kGain;  // what it changes the cost by
    std::size_t first = kNone, second = kNone;
    int first_step = 0, second_step = 0;
  };

  Move best_single(const Piece& piece) const {
    Move best;
    for (std::size_t i = 0; i < piece.variables; ++i) {
      const std::size_t c = piece.variable[i];
      const double gain = curvatures_[c] - 2 * std::abs(slopes_[c]);
      if (gain >= best.gain) continue;
      const int step = slopes_[c] > 0 ? -1 : 1;
      if (can_move(c, step)) best = {gain, i, kNone, step, 0};
    }
    return best;
  }

  Move best_pair(const Piece& piece) const {
    Move best;
    // What a step of one variable alone costs at least; two may still gain by their coupling.
    std::array<double, 8> slope{};
    std::array<double, 8> least{};
    for (std::size_t i = 0; i < piece.variables; ++i) {
      slope[i] = slopes_[piece.variable[i]];
      least[i] = curvatures_[piece.variable[i]] - 2 * std::abs(slope[i]);
    }
    for (std::size_t i = 0; i < piece.variables; ++i) {
      for (std::size_t j = i + 1; j < piece.variables; ++j) {
        const double coupling = piece.cost[i][j];
        if (least[i] + least[j] - 2 * std::abs(coupling) >= best.gain) continue;
        const std::size_t ci = piece.variable[i];
        const std::size_t cj = piece.variable[j];
        for (const int si : {-1, 1}) {
          const double rest = slope[j] + si * coupling;
          const int sj = rest > 0 ? -1 : 1;
          const double gain = curvatures_[ci] + curvatures_[cj] + 2 * si * slope[i] + 2 * sj * rest;
          if (gain < best.gain && can_move(ci, si) && can_move(cj, sj)) best = {gain, i, j, si, sj};
        }
      }
    }
    return best;
  }

  bool improve(Piece& piece) {
    bool improved = false;
    for (int round = 0; round < 2 * kMaxPasses; ++round) {
      Move best = best_single(piece);
      if (best.first == kNone) best = best_pair(piece);
      if (best.first == kNone) break;
      move(piece.variable[best.first], best.first_step);
      if (best.second != kNone) move(piece.variable[best.second], best.second_step);
      improved = true;
    }
    piece.is_settled = true;
    return improved;
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
  std::vector<double>& wanted_;
  std::vector<int>& values_;
  std::vector<Piece>& pieces_;
  std::vector<double>& slopes_;
  std::vector<double>& curvatures_;
  Buckets& uses_;
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
