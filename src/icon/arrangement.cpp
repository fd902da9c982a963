// SPDX-License-Identifier: MIT
#include "arrangement.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "point_numbers.h"
#include "ray_caster.h"

namespace svgfusion::icon {
namespace {

constexpr double kLargest = 1 << 24;

// The edges, one for all chords between the same two points; their sides are not known yet.
Arrangement edges_of(const std::vector<LatticeChord>& chords) {
  struct Ends {
    std::uint32_t from, to;  // numbers of points
    std::uint32_t chord;
    bool operator<(const Ends& other) const {
      const auto both = [](const Ends& e) { return std::uint64_t{e.from} << 32 | e.to; };
      return both(*this) != both(other) ? both(*this) < both(other) : chord < other.chord;
    }
  };
  PointNumbers numbers(2 * chords.size());
  std::vector<Ends> sorted;
  sorted.reserve(chords.size());
  for (std::size_t i = 0; i < chords.size(); ++i) {
    const auto [low, high] = std::minmax(chords[i].from, chords[i].to);
    const std::uint32_t from = numbers.of(low);
    sorted.push_back({from, numbers.of(high), static_cast<std::uint32_t>(i)});
  }
  std::sort(sorted.begin(), sorted.end());
  Arrangement out;
  out.edges.reserve(sorted.size());
  out.chords.reserve(sorted.size());
  for (const Ends& ends : sorted) {
    const bool is_known = !out.edges.empty() && out.edges.back().from_number == ends.from &&
                          out.edges.back().to_number == ends.to;
    if (!is_known) {
      const auto [low, high] = std::minmax(chords[ends.chord].from, chords[ends.chord].to);
      out.edges.push_back({low, high, ends.from, ends.to, out.chords.size(), 0, false, false});
    }
    out.chords.push_back(ends.chord);
    out.edges.back().last = out.chords.size();
  }
  out.points = numbers.size();
  return out;
}

// Where an edge meets one other alone, the same faces lie beside both.
class Joints {
 public:
  explicit Joints(const Arrangement& arrangement)
      : edges_(arrangement.edges), at_(arrangement.points) {
    for (std::size_t i = 0; i < edges_.size(); ++i) {
      for (const std::uint32_t point : {edges_[i].from_number, edges_[i].to_number}) {
        ++at_[point].edges;
        at_[point].either ^= static_cast<std::uint32_t>(i);
      }
    }
  }

  struct Other {
    std::size_t edge;
    bool arrives_at_end;  // the joint is its `to`
  };
  // The one that goes on at the end of the edge, or at its beginning.
  std::optional<Other> beyond(std::size_t edge, bool at_end) const {
    const std::uint32_t point = at_end ? edges_[edge].to_number : edges_[edge].from_number;
    if (at_[point].edges != 2) return std::nullopt;
    const std::size_t other = at_[point].either ^ edge;
    return Other{other, edges_[other].to_number == point};
  }

 private:
  struct Point {
    std::uint32_t edges = 0;
    std::uint32_t either = 0;  // exclusive or of the edges' numbers
  };
  const std::vector<ArrangementEdge>& edges_;
  std::vector<Point> at_;
};

// What lies beside edges, by rays from their middles.
class Sides {
 public:
  Sides(const std::vector<LatticeChord>& chords, const Region& region)
      : chords_(chords), region_(region), along_x_(chords, region, true) {}

  void find(ArrangementEdge& edge) {
    // from < to: the edge runs rightward, or straight down. On its left y is smaller, or x larger.
    if (edge.from.y == edge.to.y) {
      if (!along_y_) along_y_.emplace(chords_, region_, false);
      const RayCaster::Sides sides = along_y_->sides(edge.from, edge.to);
      edge.inside_left = sides.before;
      edge.inside_right = sides.beyond;
    } else {
      const RayCaster::Sides sides = along_x_.sides(edge.from, edge.to);
      const bool runs_down = edge.to.y > edge.from.y;
      edge.inside_left = runs_down ? sides.beyond : sides.before;
      edge.inside_right = runs_down ? sides.before : sides.beyond;
    }
  }

 private:
  const std::vector<LatticeChord>& chords_;
  const Region& region_;
  RayCaster along_x_;
  std::optional<RayCaster> along_y_;  // for level edges, when the first one asks
};

}  // namespace

LatticePoint to_lattice(svg::Point p) {
  const auto round = [](double v) {
    return static_cast<std::int32_t>(std::llround(std::clamp(v * kLattice, -kLargest, kLargest)));
  };
  return {round(p.x), round(p.y)};
}

svg::Point from_lattice(LatticePoint p) { return {p.x / kLattice, p.y / kLattice}; }

Arrangement classify(const std::vector<LatticeChord>& chords, const Region& region) {
  Arrangement out = edges_of(chords);
  std::vector<ArrangementEdge>& edges = out.edges;
  const Joints joints(out);
  Sides sides(chords, region);
  std::vector<bool> is_known(edges.size(), false);
  for (std::size_t first = 0; first < edges.size(); ++first) {
    if (is_known[first]) continue;
    sides.find(edges[first]);
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
