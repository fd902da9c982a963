// SPDX-License-Identifier: MIT
// What lies beside the edges of a plane graph that meet at their ends only: where an edge meets one
// other alone the same faces lie beside both, so that one edge of a chain needs to be asked.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace svgfusion::icon {

struct EdgeEnds {
  std::uint32_t from, to;  // numbers of points
};
struct EdgeSides {
  bool left, right;  // of the edge's direction
};

class Joints {
 public:
  Joints(std::vector<EdgeEnds> edges, std::size_t points) : edges_(std::move(edges)), at_(points) {
    for (std::size_t i = 0; i < edges_.size(); ++i) {
      for (const std::uint32_t point : {edges_[i].from, edges_[i].to}) {
        ++at_[point].edges;
        at_[point].either ^= static_cast<std::uint32_t>(i);
      }
    }
  }

  // Of every edge. `find(i)` says what lies beside edge i; of a chain it is asked for the one of the
  // greatest `weight(i)`.
  template <class Find, class Weight>
  std::vector<EdgeSides> sides(const Find& find, const Weight& weight) const {
    std::vector<EdgeSides> out(edges_.size());
    std::vector<bool> is_known(edges_.size(), false);
    std::vector<Link> chain;
    for (std::size_t first = 0; first < edges_.size(); ++first) {
      if (is_known[first]) continue;
      chain.assign(1, {first, true});
      is_known[first] = true;
      for (const bool at_end : {true, false}) {
        Link last{first, true};
        while (const auto next = beyond(last, at_end)) {
          if (is_known[next->edge]) break;
          is_known[next->edge] = true;
          chain.push_back(*next);
          last = *next;
        }
      }
      Link asked = chain.front();
      for (const Link& link : chain) {
        if (weight(link.edge) > weight(asked.edge)) asked = link;
      }
      const EdgeSides found = find(asked.edge);
      for (const Link& link : chain) {
        const bool same_way = link.is_forward == asked.is_forward;
        out[link.edge] = same_way ? found : EdgeSides{found.right, found.left};
      }
    }
    return out;
  }

 private:
  struct Point {
    std::uint32_t edges = 0;
    std::uint32_t either = 0;  // exclusive or of the edges' numbers
  };
  // An edge of a chain, run along with the chain or against it.
  struct Link {
    std::size_t edge;
    bool is_forward;
  };

  // What goes on where the link ends, or comes before its beginning.
  std::optional<Link> beyond(const Link& link, bool at_end) const {
    const EdgeEnds& ends = edges_[link.edge];
    const std::uint32_t point = link.is_forward == at_end ? ends.to : ends.from;
    if (at_[point].edges != 2) return std::nullopt;
    const std::size_t other = at_[point].either ^ link.edge;
    if (other == link.edge) return std::nullopt;
    return Link{other, (edges_[other].from == point) == at_end};
  }

  std::vector<EdgeEnds> edges_;
  std::vector<Point> at_;
};

}  // namespace svgfusion::icon
