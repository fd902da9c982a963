// SPDX-License-Identifier: MIT
// The boundary of a region from its own outlines: cut all edges where they meet, keep the pieces
// with the region on exactly one side, and join them end to start.
#include <algorithm>
#include <cmath>
#include <span>
#include <utility>

#include "boundary_pieces.h"
#include "distance.h"
#include "meetings.h"
#include "region_edges.h"
#include "vertex_table.h"

namespace svgfusion::icon {
namespace {

using svg::Point;
using svg::Segment;

// How far beside a piece the region is asked for: so near that of outlines which all but touch each
// has sides of its own. Beside a piece that stands for several edges it is farther than those are
// from each other, and a quarter of its length where that lies between the two bounds: what lies
// beyond its ends is not its side.
constexpr double kProbe = 1e-6;
constexpr double kLeastSharedProbe = 3e-4;
constexpr double kSharedProbe = 1.5e-3;
constexpr double kSame = 1e-7;  // edges nearer than this are one, whichever of them is asked
// Pieces between the same ends that are nearer than this have nothing between them that probes
// could see: the cubics of one circle's arcs, or a line and a curve that touches it.
constexpr double kTwins = 5e-4;
constexpr double kShort = 2e-2;  // pieces shorter than this say nothing of the sides of the next

// Against drawings made to be slow: pieces times the edges that a probe beside one may have to look
// at.
constexpr std::size_t kMaxProbes = 40'000'000;

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
  explicit Pieces(std::size_t most) {
    list_.reserve(most);
    before_.reserve(most);
    ends_.reserve(most);
  }
  void add(const BoundaryPiece& piece) {
    ends_.resize(std::max({ends_.size(), piece.start_vertex + 1, piece.end_vertex + 1}));
    ++ends_[piece.start_vertex];
    ++ends_[piece.end_vertex];
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
  // Whether two pieces go on into each other where nothing else ends, be it left out of the list.
  // What crosses a short one may have been taken for what meets its ends.
  bool go_on(const BoundaryPiece& a, const BoundaryPiece& b) const {
    const auto is_clear = [](const BoundaryPiece& piece) {
      return !piece.is_shared && distance(piece.start, piece.segment.end) > kShort;
    };
    return a.end_vertex == b.start_vertex && ends_[a.end_vertex] == 2 && is_clear(a) && is_clear(b);
  }

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
  std::vector<std::uint32_t> ends_;  // at each vertex, of what was added
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

// Those with the region on one side only, turned so that it lies on the left. A piece has the same
// sides as the one before it where the two go on into each other and nothing else meets them; any
// other is asked by itself: where another outline runs along a part of one, too near to be seen
// apart, that part is no boundary.
std::vector<BoundaryPiece> boundary_of(const Region& region, const Pieces& pieces) {
  EdgeIndex index(region);
  std::vector<BoundaryPiece> out;
  Sides sides{};
  const BoundaryPiece* last = nullptr;
  for (const BoundaryPiece& piece : pieces.list()) {
    if (last == nullptr || !pieces.go_on(*last, piece)) sides = sides_of(piece, index);
    if (sides.left != sides.right) out.push_back(sides.left ? piece : reversed(piece));
    last = &piece;
  }
  return out;
}

}  // namespace

std::optional<std::vector<svg::Subpath>> trace_boundary(const Region& region) {
  const std::vector<SourceEdge>& sources = region.sources();
  const auto cuts = cuts_of(region.edges(), sources.size());
  if (!cuts) return std::nullopt;
  const std::size_t most_pieces = cuts->parameters.size();
  if (most_pieces * region.edges().size() > kMaxProbes) return std::nullopt;

  VertexTable vertices(kVertex, most_pieces);
  Pieces pieces(most_pieces);
  for (std::size_t i = 0; i < sources.size(); ++i) {
    const auto& [origin, segment, loop] = sources[i];
    Point start = origin;
    std::size_t start_vertex = vertices.at(start);
    const std::span<const double> cut = cuts->of(i);
    for (std::size_t k = 0; k + 1 < cut.size(); ++k) {
      const Segment part = svg::part_of(origin, segment, cut[k], cut[k + 1]);
      const std::size_t end_vertex = vertices.at(part.end);
      pieces.add({i, cut[k], cut[k + 1], start, part, start_vertex, end_vertex});
      start = part.end;
      start_vertex = end_vertex;
    }
  }
  return join_pieces(boundary_of(region, pieces), vertices.size(), sources);
}

}  // namespace svgfusion::icon
