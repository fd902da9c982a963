// SPDX-License-Identifier: MIT
// A planar arrangement of chords on an integer lattice, where every question has an exact answer.
#pragma once

#include <cstdint>
#include <vector>

#include "region_edges.h"

namespace svgfusion::icon {

// Lattice points; icon units times kLattice, at most 2^24 in size, so that cross products of
// differences fit 64 bits.
struct LatticePoint {
  std::int32_t x = 0;
  std::int32_t y = 0;
  friend bool operator==(const LatticePoint&, const LatticePoint&) = default;
  friend bool operator<(const LatticePoint& a, const LatticePoint& b) {
    return a.x != b.x ? a.x < b.x : a.y < b.y;
  }
};
inline constexpr double kLattice = 4096;
LatticePoint to_lattice(svg::Point p);
svg::Point from_lattice(LatticePoint p);
// (a - o) × (b - o): positive where, y down, b lies to the right of the way from o to a.
inline std::int64_t cross(LatticePoint o, LatticePoint a, LatticePoint b) {
  return std::int64_t{a.x - o.x} * (b.y - o.y) - std::int64_t{a.y - o.y} * (b.x - o.x);
}

// A straight piece of a source edge.
struct LatticeChord {
  LatticePoint from, to;
  std::size_t source = 0;  // of the list of source edges
  double t0 = 0, t1 = 1;   // parameters on it
  std::size_t loop = 0;    // of the region
};

// Cuts chords where they meet until they meet at ends only, or lie on each other whole, by snap
// rounding (Hobby, "Practical segment intersection with finite precision output", Computational
// Geometry 13, 1999): a chord that passes through the unit square of an end of another runs through
// that point, and crossings are rounded to the lattice. What that bends is looked at again.
// False when that does not end soon.
bool cut_at_crossings(std::vector<LatticeChord>& chords);

// Chords between the same two points become one edge, with the winding numbers of both its sides.
struct ArrangementEdge {
  LatticePoint from, to;                         // from < to
  std::uint32_t from_number = 0, to_number = 0;  // of these points
  std::size_t first = 0, last = 0;  // its chords are these of Arrangement::chords, `last` left out
  bool inside_left = false;   // of the direction from → to, y down: left is where y is smaller
  bool inside_right = false;  // for a rightward edge
};
struct Arrangement {
  std::vector<ArrangementEdge> edges;
  std::vector<std::size_t> chords;  // numbers of chords, edge by edge
  std::size_t points = 0;           // that edges end at, numbered from 0
};
Arrangement classify(const std::vector<LatticeChord>& chords, const Region& region);

}  // namespace svgfusion::icon
