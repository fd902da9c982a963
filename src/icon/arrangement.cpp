// SPDX-License-Identifier: MIT
#include "arrangement.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "joints.h"
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

// What lies beside edges, by rays from their middles.
class Sides {
 public:
  Sides(const std::vector<LatticeChord>& chords, const Region& region)
      : chords_(chords), region_(region), along_x_(chords, region, true) {}

  EdgeSides of(const ArrangementEdge& edge) {
    // from < to: the edge runs rightward, or straight down. On its left y is smaller, or x larger.
    if (edge.from.y == edge.to.y) {
      if (!along_y_) along_y_.emplace(chords_, region_, false);
      const RayCaster::Sides sides = along_y_->sides(edge.from, edge.to);
      return {sides.before, sides.beyond};
    }
    const RayCaster::Sides sides = along_x_.sides(edge.from, edge.to);
    const bool runs_down = edge.to.y > edge.from.y;
    return runs_down ? EdgeSides{sides.beyond, sides.before} : EdgeSides{sides.before, sides.beyond};
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
  std::vector<EdgeEnds> ends;
  ends.reserve(out.edges.size());
  for (const ArrangementEdge& edge : out.edges) ends.push_back({edge.from_number, edge.to_number});
  Sides beside(chords, region);
  const std::vector<EdgeSides> sides = Joints(std::move(ends), out.points).sides(
      [&](std::size_t i) { return beside.of(out.edges[i]); }, [](std::size_t) { return 0; });
  for (std::size_t i = 0; i < sides.size(); ++i) {
    out.edges[i].inside_left = sides[i].left;
    out.edges[i].inside_right = sides[i].right;
  }
  return out;
}

}  // namespace svgfusion::icon
