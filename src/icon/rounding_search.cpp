// SPDX-License-Identifier: MIT
#include "rounding_search.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include "buckets.h"

namespace svgfusion::icon {
namespace {

constexpr int kMaxPasses = 8;
constexpr double kReach = 3;    // grid steps that a variable may be off
constexpr double kGood = 0.03;  // steps of grids of 8 bits; about 0.003 icon units
constexpr double kGain = 1e-9;  // in squared steps times length: less is rounding noise
constexpr std::size_t kNone = SIZE_MAX;
constexpr std::size_t kMostPlaces = 8;  // variables of a piece

// The lists of a Search, kept from contour to contour.
struct Lists {
  std::vector<double> slopes;      // by variable: half the derivatives of the whole cost
  std::vector<double> curvatures;  // half the second derivatives; constant
  Buckets uses;  // of each variable: its pieces, and its place in them, as one number
};

class Search {
 public:
  Search(RoundingProblem& problem, Grid grid, Lists& lists)
      : wanted_(problem.wanted),
        values_(problem.values),
        pieces_(problem.pieces),
        grid_values_(grid.values()),
        good_(kGood * grid.refinement()),
        slopes_(lists.slopes),
        curvatures_(lists.curvatures),
        uses_(lists.uses) {}

  void run() {
    compute_slopes();
    const bool is_good = std::all_of(pieces_.begin(), pieces_.end(),
                                     [](const Piece& piece) { return piece.is_settled; });
    if (is_good) return;
    list_uses();
    for (int pass = 0; pass < kMaxPasses; ++pass) {
      if (!improve()) break;
    }
  }

 private:
  double error(std::size_t variable) const { return values_[variable] - wanted_[variable]; }

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
      piece.is_settled = cost <= good_ * good_ * piece.size;
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

  bool can_move(std::size_t variable, int step) const {
    const int value = values_[variable] + step;
    return value >= 0 && value < grid_values_ && std::abs(value - wanted_[variable]) < kReach;
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

  const std::vector<double>& wanted_;
  std::vector<int>& values_;
  std::vector<Piece>& pieces_;
  int grid_values_;
  double good_;  // grid steps
  std::vector<double>& slopes_;
  std::vector<double>& curvatures_;
  Buckets& uses_;
};

}  // namespace

void lower_cost(RoundingProblem& problem, Grid grid) {
  thread_local Lists lists;
  Search(problem, grid, lists).run();
}

}  // namespace svgfusion::icon
