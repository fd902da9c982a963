// SPDX-License-Identifier: MIT
#include "arrangement.h"

#include <algorithm>
#include <cmath>

#include "buckets.h"
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

// The faces between the edges, visited from one to the next across an edge with the winding numbers
// changed by its chords, so that each connected part of the drawing asks for one ray.
//
// An edge is two half-edges, one in either direction: number 2 i runs from → to, 2 i + 1 the other
// way. Each has one face on its left; the half-edges about a face are a cycle. (De Berg et al.,
// Computational Geometry, section 2.2, where these are a doubly-connected edge list.)
class Faces {
 public:
  Faces(const std::vector<LatticeChord>& chords, Arrangement& arrangement, const Region& region)
      : chords_(chords), arrangement_(arrangement), windings_(region) {
    const std::vector<ArrangementEdge>& edges = arrangement.edges;
    const auto count = static_cast<std::uint32_t>(2 * edges.size());
    next_.resize(count);
    is_known_.resize(count, false);
    Buckets leaving(arrangement.points, [&](const auto& put) {
      for (std::uint32_t h = 0; h < count; ++h) put(origin_number(h), h);
    });
    std::vector<std::uint32_t> around;
    for (std::size_t point = 0; point < arrangement.points; ++point) {
      around.assign(leaving[point].begin(), leaving[point].end());
      if (around.size() > 2)
        std::sort(around.begin(), around.end(), [&](auto a, auto b) { return turns_to(a, b); });
      for (std::size_t i = 0; i < around.size(); ++i)
        next_[twin(around[i])] = around[(i + 1) % around.size()];
    }
  }

  // Sets the sides of all edges. A part of the drawing that is level throughout is left as it is: a
  // closed outline runs there and back, and has nothing inside.
  void visit(const RayCaster& rays) {
    for (std::uint32_t half = 0; half < next_.size(); half += 2) {
      const ArrangementEdge& edge = edge_of(half);
      if (edge.from.y == edge.to.y || is_known_[half]) continue;
      windings_.reset();
      rays.add_beyond(edge.from, edge.to, windings_);
      visit_from(edge.to.y > edge.from.y ? half : twin(half));  // downward: larger x on its left
    }
  }

 private:
  struct Place {
    std::uint32_t entry, at;  // half-edges of one face: the first one, and which comes next
    bool is_done = false;
  };

  static std::uint32_t twin(std::uint32_t half) { return half ^ 1; }
  const ArrangementEdge& edge_of(std::uint32_t half) const { return arrangement_.edges[half / 2]; }
  LatticePoint origin(std::uint32_t half) const {
    return half % 2 == 0 ? edge_of(half).from : edge_of(half).to;
  }
  std::uint32_t origin_number(std::uint32_t half) const {
    return half % 2 == 0 ? edge_of(half).from_number : edge_of(half).to_number;
  }

  // Whether `a` comes before `b` around the point they leave, turning right from eastward.
  bool turns_to(std::uint32_t a, std::uint32_t b) const {
    const LatticePoint o = origin(a);
    const LatticePoint p = origin(twin(a));
    const LatticePoint q = origin(twin(b));
    const auto is_second_half = [&](LatticePoint to) {
      return to.y < o.y || (to.y == o.y && to.x < o.x);
    };
    if (is_second_half(p) != is_second_half(q)) return is_second_half(q);
    return cross(o, p, q) > 0;
  }

  // The windings stand for the face on the left of `root`.
  void visit_from(std::uint32_t root) {
    enter(root);
    while (!places_.empty()) {
      Place& place = places_.back();
      if (place.is_done) {
        const std::uint32_t entry = place.entry;
        places_.pop_back();
        if (!places_.empty()) cross_edge(entry);  // back to where it was entered from
        continue;
      }
      const std::uint32_t half = place.at;
      place.at = next_[half];
      place.is_done = place.at == place.entry;
      if (is_known_[twin(half)]) continue;
      cross_edge(half);
      enter(twin(half));
    }
  }

  void enter(std::uint32_t entry) {
    const bool is_inside = windings_.inside();
    std::uint32_t half = entry;
    do {
      ArrangementEdge& edge = arrangement_.edges[half / 2];
      (half % 2 == 0 ? edge.inside_left : edge.inside_right) = is_inside;
      is_known_[half] = true;
      half = next_[half];
    } while (half != entry);
    places_.push_back({entry, entry});
  }

  // From the left of a half-edge to its right.
  void cross_edge(std::uint32_t half) {
    const ArrangementEdge& edge = edge_of(half);
    for (std::size_t i = edge.first; i < edge.last; ++i) {
      const LatticeChord& chord = chords_[arrangement_.chords[i]];
      windings_.add(chord.loop, chord.from == origin(half) ? 1 : -1);
    }
  }

  const std::vector<LatticeChord>& chords_;
  Arrangement& arrangement_;
  Windings windings_;
  std::vector<std::uint32_t> next_;  // of each half-edge: the next one about the face on its left
  std::vector<bool> is_known_;       // of each half-edge: whether its face has been entered
  std::vector<Place> places_;        // the faces on the way from the first one to this
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
  Faces(chords, out, region).visit(RayCaster(chords));
  return out;
}

}  // namespace svgfusion::icon
