// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <span>

#include "arrangement.h"
#include "pair_sweep.h"
#include "svgfusion/icon/icon.h"

namespace svgfusion::icon {
namespace {

// Against drawings made to be slow; icons take seven rounds at most.
constexpr int kMaxRounds = 40;
constexpr std::size_t kMaxChordPairs = 10'000'000;  // that may meet, in all rounds
constexpr std::size_t kMaxChordCuts = 200'000;

bool in_box(LatticePoint a, LatticePoint b, LatticePoint p) {
  return std::min(a.x, b.x) <= p.x && p.x <= std::max(a.x, b.x) && std::min(a.y, b.y) <= p.y &&
         p.y <= std::max(a.y, b.y);
}

// Points at which a chord is to be cut, by their place along it.
struct Cut {
  std::size_t chord;
  LatticePoint at;
};

// The box in 64 x 64 cells, of which some are taken; what lies beyond counts to those at its edge.
class Cells {
 public:
  void take(const Extent<std::int32_t>& extent) {
    for (std::size_t row = cell_of(extent.min_y); row <= cell_of(extent.max_y); ++row)
      rows_[row] |= columns(extent);
  }
  bool are_free(const Extent<std::int32_t>& extent) const {
    std::uint64_t taken = 0;
    for (std::size_t row = cell_of(extent.min_y); row <= cell_of(extent.max_y); ++row)
      taken |= rows_[row];
    return (taken & columns(extent)) == 0;
  }

 private:
  static constexpr std::int32_t kCell = static_cast<std::int32_t>(kLattice * kBoxSize / 64);
  static std::size_t cell_of(std::int32_t coordinate) {
    return static_cast<std::size_t>(std::clamp(coordinate / kCell, 0, 63));
  }
  static std::uint64_t columns(const Extent<std::int32_t>& extent) {
    return ~std::uint64_t{0} >> (63 - cell_of(extent.max_x)) & ~std::uint64_t{0}
                                                                   << cell_of(extent.min_x);
  }
  std::array<std::uint64_t, 64> rows_{};
};

class Cutter {
 public:
  // Pairs of chords of which neither is fresh are known not to meet.
  Cutter(const std::vector<LatticeChord>& chords, const std::vector<bool>& is_fresh)
      : chords_(chords), is_fresh_(is_fresh) {}

  // Unset when there is more to do than any icon asks for: more pairs than `budget`, which falls.
  std::optional<std::vector<Cut>> find(std::size_t& budget) {
    std::vector<Extent<std::int32_t>> extents;
    extents.reserve(chords_.size());
    Cells near_fresh;
    for (std::size_t i = 0; i < chords_.size(); ++i) {
      extents.push_back(extent_of<std::int32_t>(chords_[i].from, chords_[i].to, 0, i));
      if (is_fresh_[i]) near_fresh.take(extents.back());
    }
    std::erase_if(extents, [&](const auto& extent) { return near_fresh.are_free(extent); });
    const bool is_whole =
        for_each_pair(std::move(extents), budget, [&](std::size_t i, std::size_t j) {
          if (is_fresh_[i] || is_fresh_[j]) meet(i, j);
          return cuts_.size() <= kMaxChordCuts;
        });
    if (!is_whole) return std::nullopt;
    return std::move(cuts_);
  }

 private:
  void meet(std::size_t i, std::size_t j) {
    const LatticeChord& a = chords_[i];
    const LatticeChord& b = chords_[j];
    const std::int64_t b0 = cross(a.from, a.to, b.from);
    const std::int64_t b1 = cross(a.from, a.to, b.to);
    const std::int64_t a0 = cross(b.from, b.to, a.from);
    const std::int64_t a1 = cross(b.from, b.to, a.to);
    // First to points that are there: after that the two may no longer cross, and a new point for
    // each crossing of chords that nearly lie on each other would creep along them.
    bool is_cut = false;
    const std::int64_t reach_a = reach_of(a);
    const std::int64_t reach_b = reach_of(b);
    if (2 * std::abs(b0) < reach_a) is_cut |= cut_inside(i, b.from);
    if (2 * std::abs(b1) < reach_a) is_cut |= cut_inside(i, b.to);
    if (2 * std::abs(a0) < reach_b) is_cut |= cut_inside(j, a.from);
    if (2 * std::abs(a1) < reach_b) is_cut |= cut_inside(j, a.to);
    if (is_cut) return;
    const auto opposite = [](std::int64_t u, std::int64_t v) {
      return (u < 0 && v > 0) || (u > 0 && v < 0);
    };
    if (!opposite(b0, b1) || !opposite(a0, a1)) return;
    const double t = static_cast<double>(a0) / static_cast<double>(a0 - a1);
    const auto between = [&](std::int32_t from, std::int32_t to) {
      return from + static_cast<std::int32_t>(std::llround(t * (to - from)));
    };
    const LatticePoint at{between(a.from.x, a.to.x), between(a.from.y, a.to.y)};
    cut_inside(i, at);
    cut_inside(j, at);
  }

  // A chord passes through the inside of a lattice point's unit square when twice its cross product
  // with it is less than this.
  static std::int64_t reach_of(const LatticeChord& c) {
    return std::abs(std::int64_t{c.to.x} - c.from.x) + std::abs(std::int64_t{c.to.y} - c.from.y);
  }

  // Whether the chord is cut there: not at its ends, and not beyond them.
  bool cut_inside(std::size_t chord, LatticePoint at) {
    const LatticeChord& c = chords_[chord];
    const bool is_inside = at != c.from && at != c.to && in_box(c.from, c.to, at);
    if (is_inside) cuts_.push_back({chord, at});
    return is_inside;
  }

  const std::vector<LatticeChord>& chords_;
  const std::vector<bool>& is_fresh_;
  std::vector<Cut> cuts_;
};

std::int64_t along(const LatticeChord& c, LatticePoint p) {
  return std::int64_t{p.x - c.from.x} * (c.to.x - c.from.x) +
         std::int64_t{p.y - c.from.y} * (c.to.y - c.from.y);
}

// Chords in the parts that cuts make of them, and which parts are new.
struct CutChords {
  std::vector<LatticeChord> chords;
  std::vector<bool> is_fresh;

  // `cuts`: in their order along the chord.
  void add(const LatticeChord& chord, std::span<const Cut> cuts) {
    const double whole = static_cast<double>(std::max<std::int64_t>(1, along(chord, chord.to)));
    LatticeChord rest = chord;
    for (const Cut& cut : cuts) {
      if (cut.at == rest.from) continue;
      const double share = std::clamp(static_cast<double>(along(chord, cut.at)) / whole, 0.0, 1.0);
      LatticeChord piece = rest;
      piece.to = cut.at;
      piece.t1 = chord.t0 + share * (chord.t1 - chord.t0);
      rest.from = piece.to;
      rest.t0 = piece.t1;
      put(piece, true);
    }
    if (rest.from != rest.to) put(rest, !cuts.empty());
  }

 private:
  void put(const LatticeChord& chord, bool is_new) {
    chords.push_back(chord);
    is_fresh.push_back(is_new);
  }
};

CutChords cut_all(const std::vector<LatticeChord>& chords, std::vector<Cut> cuts) {
  std::sort(cuts.begin(), cuts.end(), [&](const Cut& a, const Cut& b) {
    if (a.chord != b.chord) return a.chord < b.chord;
    const LatticeChord& c = chords[a.chord];
    return std::pair(along(c, a.at), a.at) < std::pair(along(c, b.at), b.at);
  });
  CutChords out;
  out.chords.reserve(chords.size() + cuts.size());
  std::size_t begin = 0;
  for (std::size_t i = 0; i < chords.size(); ++i) {
    std::size_t end = begin;
    while (end < cuts.size() && cuts[end].chord == i) ++end;
    out.add(chords[i], std::span(cuts).subspan(begin, end - begin));
    begin = end;
  }
  return out;
}

}  // namespace

bool cut_at_crossings(std::vector<LatticeChord>& chords) {
  std::vector<bool> is_fresh(chords.size(), true);
  std::size_t pairs_left = kMaxChordPairs;
  for (int round = 0; round < kMaxRounds; ++round) {
    auto cuts = Cutter(chords, is_fresh).find(pairs_left);
    if (!cuts) return false;
    if (cuts->empty()) return true;
    CutChords cut = cut_all(chords, std::move(*cuts));
    chords = std::move(cut.chords);
    is_fresh = std::move(cut.is_fresh);
  }
  return false;
}

}  // namespace svgfusion::icon
