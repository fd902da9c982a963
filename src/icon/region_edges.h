// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "buckets.h"
#include "monotone.h"
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

struct SourceEdge {
  svg::Point start;
  svg::Segment segment;
  std::size_t loop = 0;
};

// The union of filled shapes as flat lists. The shapes must outlive it.
class Region {
 public:
  explicit Region(const std::vector<FilledShape>& shapes);
  ~Region();
  Region(const Region&) = delete;
  Region& operator=(const Region&) = delete;

  const std::vector<Loop>& loops() const { return loops_; }
  const std::vector<Term>& terms() const { return terms_; }
  // All outlines, the lines that close fills among them; and the same cut into monotone edges.
  const std::vector<SourceEdge>& sources() const { return lists_.sources; }
  const std::vector<MonotoneEdge>& edges() const { return lists_.edges; }
  std::size_t loop_of(const MonotoneEdge& edge) const { return sources()[edge.source].loop; }

 private:
  struct Lists {
    std::vector<SourceEdge> sources;
    std::vector<MonotoneEdge> edges;
  };
  static Lists& spare_lists();

  std::size_t add(const svg::Path& path, svg::FillRule rule);
  std::size_t add_once(const svg::Path& path, svg::FillRule rule);
  std::size_t add_cut(const svg::ClipShape& part);
  void add_edge(svg::Point start, const svg::Segment& segment);

  std::deque<svg::Path> cut_paths_;  // of clips and of what is left out, in icon units
  std::vector<Loop> loops_;
  std::vector<Term> terms_;
  Lists lists_;
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

// Whether two points near each other lie in a region.
struct Sides {
  bool left, right;
};

// Answers for many points whether they lie in the region: edges are sorted into bands of y.
class EdgeIndex {
 public:
  explicit EdgeIndex(const Region& region);
  // Of p + offset, and of p - offset.
  Sides sides(svg::Point p, svg::Point offset);

 private:
  static constexpr std::size_t kBands = 32;
  static std::size_t band_of(double y);
  const Region& region_;
  Buckets bands_;  // numbers of edges by the bands of y they reach into
  Windings windings_;
  std::vector<std::pair<std::size_t, int>> between_;  // loops and steps, of the last two points
};

// The boundary of the region from pieces of its own outlines, by way of chords on a fine lattice,
// at most `flatness` (icon units) off the curves; unset when there are too many of them.
std::optional<std::vector<svg::Subpath>> trace_chords(const Region& region, double flatness);

// The same by crossing the curves themselves: more exact, but unset when the boundary does not
// close or outlines run along each other on different curves.
std::optional<std::vector<svg::Subpath>> trace_boundary(const Region& region);

}  // namespace svgfusion::icon
