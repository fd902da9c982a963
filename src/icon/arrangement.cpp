// SPDX-License-Identifier: MIT
#include "arrangement.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <tuple>

#include "buckets.h"
#include "pair_sweep.h"
#include "svgfusion/icon/icon.h"

namespace svgfusion::icon {
namespace {

constexpr int kMaxRounds = 12;
constexpr std::size_t kMaxPairs = 20'000'000;
constexpr std::size_t kMaxCuts = 200'000;
constexpr double kLargest = 1 << 24;

std::int64_t cross(LatticePoint o, LatticePoint a, LatticePoint b) {
  return (a.x - o.x) * (b.y - o.y) - (a.y - o.y) * (b.x - o.x);
}

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

  // Unset when there is more to do than any icon asks for.
  std::optional<std::vector<Cut>> find() {
    std::vector<Extent<std::int32_t>> extents;
    extents.reserve(chords_.size());
    Cells near_fresh;
    for (std::size_t i = 0; i < chords_.size(); ++i) {
      extents.push_back(extent_of<std::int32_t>(chords_[i].from, chords_[i].to, 0, i));
      if (is_fresh_[i]) near_fresh.take(extents.back());
    }
    std::erase_if(extents, [&](const auto& extent) { return near_fresh.are_free(extent); });
    const bool is_whole =
        for_each_pair(std::move(extents), kMaxPairs, [&](std::size_t i, std::size_t j) {
          if (is_fresh_[i] || is_fresh_[j]) meet(i, j);
          return cuts_.size() <= kMaxCuts;
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
    if (b0 == 0) cut_inside(i, b.from);
    if (b1 == 0) cut_inside(i, b.to);
    if (a0 == 0) cut_inside(j, a.from);
    if (a1 == 0) cut_inside(j, a.to);
    const auto opposite = [](std::int64_t u, std::int64_t v) {
      return (u < 0 && v > 0) || (u > 0 && v < 0);
    };
    if (!opposite(b0, b1) || !opposite(a0, a1)) return;
    const double t = static_cast<double>(a0) / static_cast<double>(a0 - a1);
    const LatticePoint at{a.from.x + std::llround(t * static_cast<double>(a.to.x - a.from.x)),
                          a.from.y + std::llround(t * static_cast<double>(a.to.y - a.from.y))};
    cut_inside(i, at);
    cut_inside(j, at);
  }

  void cut_inside(std::size_t chord, LatticePoint at) {
    const LatticeChord& c = chords_[chord];
    if (at != c.from && at != c.to && in_box(c.from, c.to, at)) cuts_.push_back({chord, at});
  }

  const std::vector<LatticeChord>& chords_;
  const std::vector<bool>& is_fresh_;
  std::vector<Cut> cuts_;
};

std::int64_t along(const LatticeChord& c, LatticePoint p) {
  return (p.x - c.from.x) * (c.to.x - c.from.x) + (p.y - c.from.y) * (c.to.y - c.from.y);
}

// Winding numbers beside a point, by a ray along one axis. All coordinates are doubled, so that
// midpoints are lattice points too.
class RayCaster {
 public:
  RayCaster(const std::vector<LatticeChord>& chords, const Region& region, bool along_x)
      : along_x_(along_x), windings_(region) {
    items_.reserve(chords.size());
    for (const LatticeChord& c : chords) {
      const Item item{turned(c.from), turned(c.to), static_cast<std::uint32_t>(c.loop)};
      if (item.from.y != item.to.y) items_.push_back(item);
    }
    bands_.fill(kBands, [&](const auto& put) {
      for (std::size_t i = 0; i < items_.size(); ++i) {
        const auto [low, high] = std::minmax(items_[i].from.y, items_[i].to.y);
        const std::size_t last = band_of(high);
        for (std::size_t band = band_of(low); band <= last; ++band) put(band, i);
      }
    });
  }

  struct Sides {
    bool before = false;  // at smaller coordinates of the ray's axis
    bool beyond = false;
  };
  // About the middle of an edge that is not parallel to the ray.
  Sides sides(LatticePoint from, LatticePoint to) {
    const Turned a = turned(from);
    const Turned b = turned(to);
    const Turned middle{(a.x + b.x) / 2, (a.y + b.y) / 2};
    windings_.reset();
    own_.clear();
    for (const std::uint32_t i : bands_[band_of(middle.y)]) {
      const Item& item = items_[i];
      if ((item.from.y <= middle.y) == (item.to.y <= middle.y)) continue;
      const bool rises = item.to.y > item.from.y;
      const std::int64_t side = side_of(item, middle);
      if (side == 0) {
        own_.push_back({item.loop, rises ? 1 : -1});  // through the middle: the edge itself
      } else if (rises ? side > 0 : side < 0) {
        windings_.add(item.loop, rises ? 1 : -1);
      }
    }
    Sides out;
    out.beyond = windings_.inside();
    for (const auto& [loop, step] : own_) windings_.add(loop, step);
    out.before = windings_.inside();
    return out;
  }

 private:
  struct Turned {  // x along the ray
    std::int32_t x, y;
  };
  struct Item {
    Turned from, to;
    std::uint32_t loop;
  };
  static constexpr std::size_t kBands = 256;
  Turned turned(LatticePoint p) const {
    const auto x = static_cast<std::int32_t>(2 * p.x);
    const auto y = static_cast<std::int32_t>(2 * p.y);
    return along_x_ ? Turned{x, y} : Turned{y, x};
  }
  static std::int64_t side_of(const Item& item, Turned p) {
    return std::int64_t{item.to.x - item.from.x} * (p.y - item.from.y) -
           std::int64_t{item.to.y - item.from.y} * (p.x - item.from.x);
  }
  static std::size_t band_of(std::int32_t y) {
    const double band = y * (kBands / (2 * kLattice * kBoxSize));
    return static_cast<std::size_t>(std::clamp(band, 0.0, kBands - 1.0));
  }

  bool along_x_;
  std::vector<Item> items_;
  Buckets bands_;  // numbers of items by the bands of y they reach into
  Windings windings_;
  std::vector<std::pair<std::size_t, int>> own_;
};

// Which edges of an arrangement share a point with one other alone: the same faces lie beside both.
class Joints {
 public:
  explicit Joints(const std::vector<ArrangementEdge>& edges) {
    std::size_t size = 16;
    while (size < 4 * edges.size()) size *= 2;
    slots_.resize(size);
    ends_.reserve(edges.size());
    for (std::size_t i = 0; i < edges.size(); ++i)
      ends_.push_back({meet(edges[i].from, i), meet(edges[i].to, i)});
  }

  struct Other {
    std::size_t edge;
    bool arrives_at_end;  // the joint is its `to`
  };
  std::optional<Other> beyond(std::size_t edge, bool at_end) const {
    const std::uint32_t joint = ends_[edge][at_end];
    const Slot& slot = slots_[joint];
    if (slot.edges != 2) return std::nullopt;
    const std::size_t other = slot.either ^ edge;
    return Other{other, ends_[other][1] == joint};
  }

 private:
  struct Slot {  // of a hash table that is open, and at most half full
    LatticePoint at;
    std::uint32_t edges = 0;
    std::size_t either = 0;  // exclusive or of the edges' numbers
  };
  std::uint32_t meet(LatticePoint p, std::size_t edge) {
    const std::size_t mask = slots_.size() - 1;
    std::uint64_t hash = static_cast<std::uint64_t>(p.x) * 0x9E3779B97F4A7C15u +
                         static_cast<std::uint64_t>(p.y) * 0xC2B2AE3D27D4EB4Fu;
    hash ^= hash >> 32;
    std::size_t slot = hash & mask;
    while (slots_[slot].edges != 0 && slots_[slot].at != p) slot = (slot + 1) & mask;
    slots_[slot].at = p;
    ++slots_[slot].edges;
    slots_[slot].either ^= edge;
    return static_cast<std::uint32_t>(slot);
  }

  std::vector<Slot> slots_;
  std::vector<std::array<std::uint32_t, 2>> ends_;  // of each edge: slots of `from` and `to`
};

}  // namespace

LatticePoint to_lattice(svg::Point p) {
  const auto round = [](double v) {
    return static_cast<std::int64_t>(std::llround(std::clamp(v * kLattice, -kLargest, kLargest)));
  };
  return {round(p.x), round(p.y)};
}

svg::Point from_lattice(LatticePoint p) {
  return {static_cast<double>(p.x) / kLattice, static_cast<double>(p.y) / kLattice};
}

bool cut_at_crossings(std::vector<LatticeChord>& chords) {
  std::vector<bool> is_fresh(chords.size(), true);
  for (int round = 0; round < kMaxRounds; ++round) {
    auto found = Cutter(chords, is_fresh).find();
    if (!found) return false;
    std::vector<Cut>& cuts = *found;
    if (cuts.empty()) return true;
    std::sort(cuts.begin(), cuts.end(), [&](const Cut& a, const Cut& b) {
      if (a.chord != b.chord) return a.chord < b.chord;
      const LatticeChord& c = chords[a.chord];
      return std::pair(along(c, a.at), a.at) < std::pair(along(c, b.at), b.at);
    });
    std::vector<LatticeChord> out;
    out.reserve(chords.size() + cuts.size());
    is_fresh.clear();
    std::size_t next = 0;
    for (std::size_t i = 0; i < chords.size(); ++i) {
      LatticeChord rest = chords[i];
      const double whole = static_cast<double>(std::max<std::int64_t>(1, along(rest, rest.to)));
      const LatticeChord original = rest;
      const bool is_cut = next < cuts.size() && cuts[next].chord == i;
      for (; next < cuts.size() && cuts[next].chord == i; ++next) {
        if (cuts[next].at == rest.from) continue;
        const double share =
            std::clamp(static_cast<double>(along(original, cuts[next].at)) / whole, 0.0, 1.0);
        const double t = original.t0 + share * (original.t1 - original.t0);
        LatticeChord piece = rest;
        piece.to = cuts[next].at;
        piece.t1 = t;
        out.push_back(piece);
        is_fresh.push_back(true);
        rest.from = cuts[next].at;
        rest.t0 = t;
      }
      if (rest.from == rest.to) continue;
      out.push_back(rest);
      is_fresh.push_back(is_cut);
    }
    chords = std::move(out);
  }
  return false;
}

Arrangement classify(const std::vector<LatticeChord>& chords, const Region& region) {
  struct Ends {
    LatticePoint from, to;
    std::size_t chord;
    bool operator<(const Ends& other) const {
      return std::tie(from, to, chord) < std::tie(other.from, other.to, other.chord);
    }
  };
  std::vector<Ends> sorted;
  sorted.reserve(chords.size());
  for (std::size_t i = 0; i < chords.size(); ++i) {
    const auto [low, high] = std::minmax(chords[i].from, chords[i].to);
    sorted.push_back({low, high, i});
  }
  std::sort(sorted.begin(), sorted.end());
  Arrangement out;
  std::vector<ArrangementEdge>& edges = out.edges;
  edges.reserve(sorted.size());
  out.chords.reserve(sorted.size());
  for (const Ends& ends : sorted) {
    if (edges.empty() || edges.back().from != ends.from || edges.back().to != ends.to)
      edges.push_back({ends.from, ends.to, out.chords.size(), out.chords.size(), false, false});
    out.chords.push_back(ends.chord);
    edges.back().last = out.chords.size();
  }
  RayCaster along_x(chords, region, true);
  RayCaster along_y(chords, region, false);
  const auto look = [&](ArrangementEdge& edge) {
    // from < to: the edge runs rightward, or straight down. On its left y is smaller, or x larger.
    const bool is_steep = std::abs(edge.to.y - edge.from.y) > std::abs(edge.to.x - edge.from.x);
    if (is_steep) {
      const RayCaster::Sides sides = along_x.sides(edge.from, edge.to);
      const bool runs_down = edge.to.y > edge.from.y;
      edge.inside_left = runs_down ? sides.beyond : sides.before;
      edge.inside_right = runs_down ? sides.before : sides.beyond;
    } else {
      const RayCaster::Sides sides = along_y.sides(edge.from, edge.to);
      edge.inside_left = sides.before;
      edge.inside_right = sides.beyond;
    }
  };
  const Joints joints(edges);
  std::vector<bool> is_known(edges.size(), false);
  for (std::size_t first = 0; first < edges.size(); ++first) {
    if (is_known[first]) continue;
    look(edges[first]);
    is_known[first] = true;
    for (bool at_end : {false, true}) {
      std::size_t current = first;
      while (const auto next = joints.beyond(current, at_end)) {
        if (is_known[next->edge]) break;
        const ArrangementEdge& here = edges[current];
        ArrangementEdge& there = edges[next->edge];
        const bool same_way = next->arrives_at_end != at_end;
        there.inside_left = same_way ? here.inside_left : here.inside_right;
        there.inside_right = same_way ? here.inside_right : here.inside_left;
        is_known[next->edge] = true;
        current = next->edge;
        at_end = !next->arrives_at_end;
      }
    }
  }
  return out;
}

}  // namespace svgfusion::icon
