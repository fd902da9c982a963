// SPDX-License-Identifier: MIT
// The boundary of a region from its own outlines: cut all edges where they meet, keep the pieces
// with the region on exactly one side, and join them end to start.
#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "boundary_pieces.h"
#include "distance.h"
#include "intersect.h"
#include "pair_sweep.h"
#include "region_edges.h"

namespace svgfusion::icon {
namespace {

using svg::Point;
using svg::Segment;

// How far beside a piece the region is asked for, so that what outlines do that nearly touch it is
// seen. Beside a piece that stands for several edges it is farther than those are from each other,
// but no more than a quarter of its length: what lies beyond its ends is not its side.
constexpr double kProbe = 1e-6;
constexpr double kLeastSharedProbe = 3e-4;
constexpr double kSharedProbe = 1.5e-3;
constexpr double kSame = 1e-7;    // edges nearer than this are one, whichever of them is asked
constexpr double kVertex = 1e-4;  // ends nearer than this are one vertex
// Pieces between the same ends that are nearer than this have nothing between them that probes
// could see: the cubics of one circle's arcs, or a line and a curve that touches it.
constexpr double kTwins = 5e-4;

// Against drawings made to be slow: pairs of edges that may meet, and pieces times the edges that a
// probe beside one may have to look at.
constexpr std::size_t kMaxEdgePairs = 2'000'000;
constexpr std::size_t kMaxProbes = 40'000'000;

// Points as numbers, the same for points nearer than kVertex. A point's neighbours lie in its own
// cell of twice that size, or in those across the nearer sides.
class VertexTable {
 public:
  std::size_t at(Point p) {
    const double x = std::clamp(p.x / kCell, -kFarCell, kFarCell);
    const double y = std::clamp(p.y / kCell, -kFarCell, kFarCell);
    const std::int64_t own_x = std::llround(x);
    const std::int64_t own_y = std::llround(y);
    const std::int64_t other_x = own_x + (x < static_cast<double>(own_x) ? -1 : 1);
    const std::int64_t other_y = own_y + (y < static_cast<double>(own_y) ? -1 : 1);
    for (const std::uint64_t cell :
         {key(own_x, own_y), key(other_x, own_y), key(own_x, other_y), key(other_x, other_y)}) {
      const auto it = last_.find(cell);
      if (it == last_.end()) continue;
      for (std::size_t vertex = it->second; vertex != kNone; vertex = before_[vertex]) {
        if (distance(points_[vertex], p) < kVertex) return vertex;
      }
    }
    const auto [it, is_new] = last_.emplace(key(own_x, own_y), points_.size());
    before_.push_back(is_new ? kNone : it->second);
    it->second = points_.size();
    points_.push_back(p);
    return points_.size() - 1;
  }
  std::size_t size() const { return points_.size(); }

 private:
  static constexpr double kCell = 2 * kVertex;
  static constexpr std::size_t kNone = SIZE_MAX;
  // Cells of drawings are far fewer than 2^32 along each axis; whatever lies farther shares one.
  static constexpr double kFarCell = 1e15;
  static std::uint64_t key(std::int64_t x, std::int64_t y) {
    return static_cast<std::uint64_t>(x) << 32 ^ (static_cast<std::uint64_t>(y) & 0xFFFFFFFFu);
  }
  std::unordered_map<std::uint64_t, std::size_t> last_;  // the newest vertex of each cell
  std::vector<std::size_t> before_;  // of each vertex: the one in its cell before it
  std::vector<Point> points_;
};

double near_of(const MonotoneEdge& edge) {
  const double size = std::max(1e-9, distance(edge.start, edge.segment.end));
  return std::min(0.25, kVertex / size);
}

// The parameters of each source edge between which nothing meets it, 0 and 1 among them. Unset when
// two outlines run along each other, or when there are too many of them.
std::optional<std::vector<std::vector<double>>> all_cuts(const std::vector<MonotoneEdge>& edges,
                                                         std::size_t sources) {
  std::vector<std::vector<double>> hits(edges.size());
  std::vector<Extent<double>> extents;
  extents.reserve(edges.size());
  for (std::size_t i = 0; i < edges.size(); ++i) {
    extents.push_back(extent_of<double>(edges[i].start, edges[i].segment.end, kVertex, i));
  }
  std::size_t budget = kMaxEdgePairs;
  const bool finite = for_each_pair(std::move(extents), budget, [&](std::size_t i, std::size_t j) {
    const std::size_t known = hits[i].size();
    if (!intersect(edges[i], edges[j], hits[i], hits[j])) return false;
    // Where one curve goes on beyond an extremum, nothing meets it.
    const bool goes_on = j == i + 1 && edges[i].source == edges[j].source;
    if (goes_on && hits[i].size() == known + 1 && hits[i].back() > 1 - near_of(edges[i])) {
      hits[i].pop_back();
      hits[j].pop_back();
    }
    return true;
  });
  if (!finite) return std::nullopt;
  std::vector<std::vector<double>> cuts(sources);
  std::vector<std::pair<double, double>> met;  // parameter, and how near another is the same
  for (std::size_t first = 0; first < edges.size();) {
    const std::size_t source = edges[first].source;
    met.clear();
    std::size_t i = first;
    for (; i < edges.size() && edges[i].source == source; ++i) {
      const double span = edges[i].to - edges[i].from;
      for (const double t : hits[i])
        met.emplace_back(edges[i].from + t * span, near_of(edges[i]) * span);
    }
    first = i;
    std::sort(met.begin(), met.end());
    cuts[source].reserve(met.size() + 2);
    cuts[source].push_back(0);
    for (const auto& [t, near] : met) {
      if (t > cuts[source].back() + near && t < 1 - near) cuts[source].push_back(t);
    }
    cuts[source].push_back(1);
  }
  return cuts;
}

BoundaryPiece reversed(BoundaryPiece piece) {
  const Point start = piece.segment.end;
  piece.segment = svg::reversed(piece.start, piece.segment);
  piece.start = start;
  std::swap(piece.from, piece.to);
  std::swap(piece.start_vertex, piece.end_vertex);
  return piece;
}

Point middle(const BoundaryPiece& piece) { return svg::evaluate(piece.start, piece.segment, 0.5); }

// The pieces of all edges, one for each that several have in common.
class Pieces {
 public:
  void add(const BoundaryPiece& piece) {
    if (piece.start_vertex == piece.end_vertex && distance(piece.start, middle(piece)) < kVertex)
      return;
    const std::size_t low = std::min(piece.start_vertex, piece.end_vertex);
    if (low >= newest_.size()) newest_.resize(low + 1, kNone);
    for (std::size_t i = newest_[low]; i != kNone; i = before_[i]) {
      const double beside = distance_of_twins(list_[i], piece);
      if (beside > kTwins) continue;
      list_[i].is_shared |= beside > kSame;
      return;
    }
    before_.push_back(newest_[low]);
    newest_[low] = list_.size();
    list_.push_back(piece);
  }
  const std::vector<BoundaryPiece>& list() const { return list_; }

 private:
  static double distance_of_twins(const BoundaryPiece& a, const BoundaryPiece& b) {
    return std::minmax(a.start_vertex, a.end_vertex) == std::minmax(b.start_vertex, b.end_vertex)
               ? distance_to(a.start, a.segment, middle(b))
               : INFINITY;
  }

  static constexpr std::size_t kNone = SIZE_MAX;
  std::vector<BoundaryPiece> list_;
  std::vector<std::size_t> newest_;  // by the lower of its vertices
  std::vector<std::size_t> before_;  // of each piece: the one with the same lower vertex before it
};

Sides sides_of(const BoundaryPiece& piece, EdgeIndex& region) {
  // By a chord: at a cusp the derivative has no length.
  const Point along = svg::evaluate(piece.start, piece.segment, 0.51) -
                      svg::evaluate(piece.start, piece.segment, 0.49);
  if (length(along) == 0) return {false, false};
  const double quarter = 0.25 * distance(piece.start, piece.segment.end);
  const double probe =
      piece.is_shared ? std::clamp(quarter, kLeastSharedProbe, kSharedProbe) : kProbe;
  return region.sides(middle(piece), (probe / length(along)) * Point{-along.y, along.x});
}

// Those with the region on one side only, turned so that it lies on the left. Each is asked by
// itself: where another outline runs along a part of one, too near to be seen apart, that part is
// no boundary.
std::vector<BoundaryPiece> boundary_of(const Region& region,
                                       const std::vector<BoundaryPiece>& pieces) {
  EdgeIndex index(region);
  std::vector<BoundaryPiece> out;
  for (const BoundaryPiece& piece : pieces) {
    const Sides sides = sides_of(piece, index);
    if (sides.left != sides.right) out.push_back(sides.left ? piece : reversed(piece));
  }
  return out;
}

}  // namespace

std::optional<std::vector<svg::Subpath>> trace_boundary(const Region& region) {
  const std::vector<SourceEdge>& sources = region.sources();
  const auto cuts = all_cuts(region.edges(), sources.size());
  if (!cuts) return std::nullopt;
  std::size_t count = 0;  // of pieces, or a little more
  for (const std::vector<double>& cut : *cuts) count += cut.size();
  if (count * region.edges().size() > kMaxProbes) return std::nullopt;

  VertexTable vertices;
  Pieces pieces;
  for (std::size_t i = 0; i < sources.size(); ++i) {
    const auto& [origin, segment, loop] = sources[i];
    Point start = origin;
    std::size_t start_vertex = vertices.at(start);
    for (std::size_t k = 0; k + 1 < (*cuts)[i].size(); ++k) {
      const double t0 = (*cuts)[i][k];
      const double t1 = (*cuts)[i][k + 1];
      const Segment part = svg::part_of(origin, segment, t0, t1);
      const std::size_t end_vertex = vertices.at(part.end);
      pieces.add({i, t0, t1, start, part, start_vertex, end_vertex});
      start = part.end;
      start_vertex = end_vertex;
    }
  }
  return join_pieces(boundary_of(region, pieces.list()), vertices.size(), sources);
}

}  // namespace svgfusion::icon
