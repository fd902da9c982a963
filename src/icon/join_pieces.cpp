// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>

#include "boundary_pieces.h"
#include "buckets.h"

namespace svgfusion::icon {
namespace {

using svg::Point;
using svg::Segment;

constexpr double kGap = 1e-2;       // in a boundary, too narrow to be seen
constexpr double kLoose = 5e-2;     // pieces that lead nowhere within this are no boundary
constexpr double kThinnest = 2e-3;  // contours narrower than this lie between edges meant to be one

// Consecutive pieces of one source edge become one segment again.
svg::Subpath join(const std::vector<BoundaryPiece>& chain, const std::vector<SourceEdge>& sources) {
  svg::Subpath contour;
  contour.closed = true;
  std::size_t i = 0;
  std::size_t first = 0;
  const auto continues = [&](const BoundaryPiece& a, const BoundaryPiece& b) {
    return a.source == b.source && std::abs(a.to - b.from) < 1e-9 &&
           (a.from < a.to) == (b.from < b.to);
  };
  while (first + 1 < chain.size() &&
         continues(chain[(first + chain.size() - 1) % chain.size()], chain[first]))
    ++first;
  contour.start = chain[first].start;
  while (i < chain.size()) {
    const BoundaryPiece& head = chain[(first + i) % chain.size()];
    double to = head.to;
    std::size_t count = 1;
    while (i + count < chain.size() && continues(chain[(first + i + count - 1) % chain.size()],
                                                 chain[(first + i + count) % chain.size()])) {
      to = chain[(first + i + count) % chain.size()].to;
      ++count;
    }
    const Point end = chain[(first + i + count - 1) % chain.size()].segment.end;
    const SourceEdge& source = sources[head.source];
    Segment segment;
    if (head.from < to) {
      segment = svg::part_of(source.start, source.segment, head.from, to);
    } else {
      segment = svg::part_of(source.start, source.segment, to, head.from);
      if (segment.kind == Segment::Kind::kCubic) std::swap(segment.control1, segment.control2);
    }
    segment.end = end;
    contour.segments.push_back(segment);
    i += count;
  }
  contour.segments.back().end = contour.start;
  return contour;
}

bool is_sliver(const svg::Subpath& contour) {
  double around = 0;
  Point p = contour.start;
  for (const Segment& s : contour.segments) {
    around += distance(p, s.end);
    p = s.end;
  }
  return std::abs(svg::doubled_area(contour)) < kThinnest * around;
}

class Joiner {
 public:
  Joiner(std::vector<BoundaryPiece> pieces, std::size_t vertices)
      : pieces_(std::move(pieces)), leaving_(vertices, [&](const auto& put) {
          for (std::size_t i = 0; i < pieces_.size(); ++i) put(pieces_[i].start_vertex, i);
        }) {}

  std::optional<std::vector<svg::Subpath>> contours(const std::vector<SourceEdge>& sources) {
    std::vector<svg::Subpath> out;
    for (std::size_t first = 0; first < pieces_.size(); ++first) {
      if (pieces_[first].used) continue;
      const std::vector<BoundaryPiece> chain = chain_from(first);
      if (chain.back().segment.end == chain.front().start ||
          chain.back().end_vertex == chain.front().start_vertex) {
        svg::Subpath contour = join(chain, sources);
        if (!is_sliver(contour)) out.push_back(std::move(contour));
      } else if (!is_tiny(chain)) {
        return std::nullopt;
      }
    }
    return out;
  }

 private:
  std::vector<BoundaryPiece> chain_from(std::size_t first) {
    std::vector<BoundaryPiece> chain;
    for (std::size_t current = first; current != kNone;) {
      pieces_[current].used = true;
      chain.push_back(pieces_[current]);
      BoundaryPiece& last = chain.back();
      if (last.end_vertex == chain.front().start_vertex) break;
      std::size_t next = leaving(last.end_vertex);
      if (next == kNone) {
        next = nearest_start(last.segment.end);
        const bool is_closed = distance(last.segment.end, chain.front().start) < kGap;
        if (next == kNone && is_closed) last.segment.end = chain.front().start;
        if (next != kNone) last.segment.end = pieces_[next].start;
      }
      current = next;
    }
    return chain;
  }

  std::size_t leaving(std::size_t vertex) const {
    for (const std::size_t i : leaving_[vertex]) {
      if (!pieces_[i].used) return i;
    }
    return kNone;
  }

  std::size_t nearest_start(Point end) const {
    std::size_t found = kNone;
    double least = kGap;
    for (std::size_t i = 0; i < pieces_.size(); ++i) {
      const double d = pieces_[i].used ? kGap : distance(pieces_[i].start, end);
      if (d < least) {
        least = d;
        found = i;
      }
    }
    return found;
  }

  static bool is_tiny(const std::vector<BoundaryPiece>& chain) {
    return std::all_of(chain.begin(), chain.end(), [&](const BoundaryPiece& piece) {
      return distance(piece.start, chain.front().start) < kLoose &&
             distance(piece.segment.end, chain.front().start) < kLoose;
    });
  }

  static constexpr std::size_t kNone = SIZE_MAX;
  std::vector<BoundaryPiece> pieces_;
  Buckets leaving_;
};

}  // namespace

std::optional<std::vector<svg::Subpath>> join_pieces(std::vector<BoundaryPiece> pieces,
                                                     std::size_t vertices,
                                                     const std::vector<SourceEdge>& sources) {
  return Joiner(std::move(pieces), vertices).contours(sources);
}

}  // namespace svgfusion::icon
