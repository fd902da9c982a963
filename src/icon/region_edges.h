// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "buckets.h"
#include "svgfusion/icon/region.h"

namespace svgfusion::icon {

// A path with its rule, as one condition of "inside".
struct Loop {
  const svg::Path* path = nullptr;
  svg::FillRule rule = svg::FillRule::kNonZero;
};

// inside = OR over terms of (loop AND for each clip (OR of its loops) AND none of `without`).
struct Term {
  std::size_t loop;
  std::vector<std::vector<std::size_t>> clips;
  std::vector<std::size_t> without;
  bool is_cut() const { return !clips.empty() || !without.empty(); }
};

// The union of filled shapes as flat lists. The shapes must outlive it.
class Region {
 public:
  // `flatness`: of chords, in icon units.
  Region(const std::vector<FilledShape>& shapes, double flatness);
  ~Region();
  Region(const Region&) = delete;
  Region& operator=(const Region&) = delete;

  const std::vector<Loop>& loops() const { return loops_; }
  const std::vector<Term>& terms() const { return terms_; }

  struct Chord {  // a straight piece of a flattened outline
    svg::Point from;
    svg::Point to;
    std::size_t loop;
  };
  const std::vector<Chord>& chords() const { return chords_; }

 private:
  std::size_t add(const svg::Path& path, svg::FillRule rule);
  std::size_t add_once(const svg::Path& path, svg::FillRule rule);
  std::size_t add_cut(const svg::ClipShape& part);

  double flatness_;
  std::deque<svg::Path> cut_paths_;  // of clips and of what is left out, in icon units
  std::vector<Loop> loops_;
  std::vector<Term> terms_;
  std::vector<Chord> chords_;
};

// Winding numbers about each loop, and whether they mean inside. Where nothing is cut every term is
// one loop, and it is enough to count the loops that hold.
class Windings {
 public:
  explicit Windings(const Region& region);
  void reset();
  void add(std::size_t loop, int step) {
    Counter& counter = counters_[loop];
    held_ -= counter.holds();
    counter.value += step;
    held_ += counter.holds();
  }
  bool inside() const { return is_cut_ && held_ > 0 ? inside_cut() : held_ > 0; }

 private:
  struct Counter {
    int value;
    int mask;  // its bits that mean inside: the lowest under even-odd, else any
    bool holds() const { return (value & mask) != 0; }
  };
  bool inside_cut() const;
  const Region& region_;
  std::vector<Counter> counters_;
  int held_ = 0;
  bool is_cut_ = false;
};

// Answers for many points whether they lie in the region: chords are sorted into bands of y.
class ChordIndex {
 public:
  explicit ChordIndex(const Region& region);
  bool inside(svg::Point p);

 private:
  static constexpr std::size_t kBands = 128;
  static std::size_t band_of(double y);
  const std::vector<Region::Chord>& chords_;
  Buckets bands_;  // numbers of chords by the bands of y they reach into
  Windings windings_;
};

struct SourceEdge {
  svg::Point start;
  svg::Segment segment;
  std::size_t loop = 0;
};

// All outlines of the region, the lines that close fills among them.
std::vector<SourceEdge> source_edges(const Region& region);

// The boundary of the region from pieces of its own outlines, by way of chords on a fine lattice,
// at most `flatness` (icon units) off the curves; unset when there are too many of them.
std::optional<std::vector<svg::Subpath>> trace_chords(const Region& region, double flatness);

// The same by crossing the curves themselves: more exact, but unset when the boundary does not
// close or outlines run along each other.
std::optional<std::vector<svg::Subpath>> trace_boundary(const Region& region);

}  // namespace svgfusion::icon
