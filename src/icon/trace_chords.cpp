// SPDX-License-Identifier: MIT
// The boundary of a region by way of an arrangement of chords: exact, whatever outlines do to each
// other. Chords remember which part of which edge they are, so that the boundary is made of the
// original curves again.
#include <algorithm>
#include <cmath>

#include "arrangement.h"

namespace svgfusion::icon {
namespace {

using svg::Point;
using svg::Segment;

constexpr double kSliver = 2e-3;  // contours of less area, in square icon units, are dropped
constexpr std::size_t kMaxChords = 20000;

// An edge of the boundary, run with the region on its left.
struct Step {
  LatticePoint from, to;
  std::uint32_t from_number, to_number;  // of these points
  std::size_t edge;
  bool used = false;
};

std::vector<LatticeChord> chords_of(const std::vector<SourceEdge>& sources, double flatness) {
  std::vector<LatticeChord> chords;
  std::vector<Point> points;
  for (std::size_t i = 0; i < sources.size(); ++i) {
    points.assign(1, sources[i].start);
    svg::flatten(sources[i].start, sources[i].segment, flatness, points);
    const auto count = static_cast<double>(points.size() - 1);
    LatticePoint from = to_lattice(points[0]);
    double t = 0;
    for (std::size_t k = 1; k < points.size(); ++k) {
      const LatticePoint to = to_lattice(points[k]);
      if (to == from) continue;
      const double t1 = static_cast<double>(k) / count;
      chords.push_back({from, to, i, t, t1, sources[i].loop});
      from = to;
      t = t1;
    }
  }
  return chords;
}

class Tracer {
 public:
  Tracer(const std::vector<SourceEdge>& sources, const std::vector<LatticeChord>& chords,
         const Arrangement& arrangement)
      : sources_(sources), chords_(chords), arrangement_(arrangement) {
    const std::vector<ArrangementEdge>& edges = arrangement.edges;
    for (std::size_t i = 0; i < edges.size(); ++i) {
      if (edges[i].inside_left == edges[i].inside_right) continue;
      Step step{edges[i].from, edges[i].to, edges[i].from_number, edges[i].to_number, i};
      if (!edges[i].inside_left) {
        std::swap(step.from, step.to);
        std::swap(step.from_number, step.to_number);
      }
      steps_.push_back(step);
    }
    leaving_.fill(arrangement.points, [&](const auto& put) {
      for (std::size_t i = 0; i < steps_.size(); ++i) put(steps_[i].from_number, i);
    });
  }

  // At every point as many steps arrive as leave, so every walk ends where it began.
  std::vector<svg::Subpath> run() {
    std::vector<svg::Subpath> contours;
    for (Step& first : steps_) {
      if (first.used) continue;
      std::vector<std::size_t> walk;
      std::size_t current = static_cast<std::size_t>(&first - steps_.data());
      while (true) {
        steps_[current].used = true;
        walk.push_back(current);
        if (steps_[current].to_number == first.from_number) break;
        const auto next = choose(current);
        if (!next) return {};
        current = *next;
      }
      if (std::abs(area(walk)) > kSliver) contours.push_back(join(walk));
    }
    return contours;
  }

 private:
  // The chord of an edge that goes on where the last one ended, else any.
  std::optional<std::size_t> choose(std::size_t current) const {
    std::optional<std::size_t> best;
    for (const std::uint32_t i : leaving_[steps_[current].to_number]) {
      if (steps_[i].used) continue;
      if (!best || turn(steps_[current], steps_[i]) > turn(steps_[current], steps_[*best]))
        best = i;
    }
    return best;
  }
  // Of the direction, in (-pi, pi]; the sharpest turn to one side keeps contours apart that touch.
  static double turn(const Step& a, const Step& b) {
    const double ax = a.to.x - a.from.x;
    const double ay = a.to.y - a.from.y;
    const double bx = b.to.x - b.from.x;
    const double by = b.to.y - b.from.y;
    return std::atan2(ax * by - ay * bx, ax * bx + ay * by);
  }

  double area(const std::vector<std::size_t>& walk) const {
    std::int64_t twice = 0;
    for (const std::size_t i : walk) {
      const Step& s = steps_[i];
      twice += std::int64_t{s.from.x} * s.to.y - std::int64_t{s.from.y} * s.to.x;
    }
    return 0.5 * static_cast<double>(twice) / (kLattice * kLattice);
  }

  // A run of steps on one source edge.
  struct Run {
    std::size_t source;
    double from, to;
    LatticePoint end;
  };

  // The step as a part of a source edge: of the one that `last` runs on, where it is among them.
  Run run_of(const Step& step, const Run* last) const {
    std::optional<Run> any;
    const ArrangementEdge& edge = arrangement_.edges[step.edge];
    for (std::size_t i = edge.first; i < edge.last; ++i) {
      const LatticeChord& c = chords_[arrangement_.chords[i]];
      const bool forward = c.from == step.from;
      const Run run{c.source, forward ? c.t0 : c.t1, forward ? c.t1 : c.t0, step.to};
      if (last != nullptr && continues(*last, run)) return run;
      if (!any) any = run;
    }
    return *any;
  }
  static bool continues(const Run& a, const Run& b) {
    return a.source == b.source && std::abs(a.to - b.from) < 1e-9 &&
           (a.from < a.to) == (b.from < b.to);
  }

  svg::Subpath join(const std::vector<std::size_t>& walk) const {
    std::vector<Run> runs;
    for (const std::size_t i : walk) {
      const Run run = run_of(steps_[i], runs.empty() ? nullptr : &runs.back());
      if (!runs.empty() && continues(runs.back(), run)) {
        runs.back().to = run.to;
        runs.back().end = run.end;
      } else {
        runs.push_back(run);
      }
    }
    if (runs.size() > 1 && continues(runs.back(), runs.front())) {  // the walk began in mid-edge
      runs.front().from = runs.back().from;
      runs.pop_back();
    }
    svg::Subpath contour;
    contour.closed = true;
    contour.start = from_lattice(runs.back().end);
    Point start = contour.start;
    for (const Run& run : runs) {
      contour.segments.push_back(segment_of(run, start));
      start = contour.segments.back().end;
    }
    return contour;
  }

  // The part of the source edge, with its ends moved to where they were rounded to.
  Segment segment_of(const Run& run, Point start) const {
    const SourceEdge& source = sources_[run.source];
    const Point end = from_lattice(run.end);
    if (source.segment.kind == Segment::Kind::kLine) return svg::line_to(end);
    const double low = std::min(run.from, run.to);
    const double high = std::max(run.from, run.to);
    Segment part = svg::part_of(source.start, source.segment, low, high);
    Point part_start = svg::evaluate(source.start, source.segment, low);
    if (run.from > run.to) {
      std::swap(part.control1, part.control2);
      std::swap(part.end, part_start);
    }
    return svg::cubic_to(part.control1 + (start - part_start), part.control2 + (end - part.end),
                         end);
  }

  const std::vector<SourceEdge>& sources_;
  const std::vector<LatticeChord>& chords_;
  const Arrangement& arrangement_;
  std::vector<Step> steps_;
  Buckets leaving_;  // steps by the point where they begin
};

}  // namespace

std::optional<std::vector<svg::Subpath>> trace_chords(const Region& region, double flatness) {
  const std::vector<SourceEdge>& sources = region.sources();
  std::vector<LatticeChord> chords = chords_of(sources, flatness);
  if (chords.size() > kMaxChords || !cut_at_crossings(chords)) return std::nullopt;
  const Arrangement arrangement = classify(chords, region);
  return Tracer(sources, chords, arrangement).run();
}

}  // namespace svgfusion::icon
