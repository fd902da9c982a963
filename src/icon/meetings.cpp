// SPDX-License-Identifier: MIT
#include "meetings.h"

#include <algorithm>
#include <utility>

#include "buckets.h"
#include "intersect.h"
#include "pair_sweep.h"

namespace svgfusion::icon {
namespace {

// Against drawings made to be slow: pairs of edges that may meet, where they do, and those that run
// along each other.
constexpr std::size_t kMaxEdgePairs = 2'000'000;
constexpr std::size_t kMaxMeetings = 500'000;
constexpr std::size_t kMaxPairsAlong = 100;

double near_of(const MonotoneEdge& edge) {
  const double size = std::max(1e-9, distance(edge.start, edge.segment.end));
  return std::min(0.25, kVertex / size);
}

struct Meeting {
  std::size_t source;
  double parameter;
  double near;  // so near to it another is the same
};

std::optional<std::vector<Meeting>> all_meetings(const std::vector<MonotoneEdge>& edges) {
  std::vector<Extent<double>> extents;
  extents.reserve(edges.size());
  for (std::size_t i = 0; i < edges.size(); ++i) {
    extents.push_back(extent_of<double>(edges[i].start, edges[i].segment.end, kVertex, i));
  }
  std::vector<Meeting> met;
  const auto add = [&](const MonotoneEdge& edge, const std::vector<double>& hits) {
    const double span = edge.to - edge.from;
    for (const double t : hits)
      met.push_back({edge.source, edge.from + t * span, near_of(edge) * span});
  };
  std::vector<double> on_i;
  std::vector<double> on_j;
  std::size_t pairs_along = 0;
  std::size_t budget = kMaxEdgePairs;
  const bool finite = for_each_pair(std::move(extents), budget, [&](std::size_t i, std::size_t j) {
    on_i.clear();
    on_j.clear();
    const Contact contact = intersect(edges[i], edges[j], on_i, on_j);
    if (contact == Contact::kUnclear) return false;
    if (contact == Contact::kAlong && ++pairs_along > kMaxPairsAlong) return false;
    // Where one curve goes on beyond an extremum, nothing meets it.
    const bool goes_on = j == i + 1 && edges[i].source == edges[j].source;
    if (goes_on && on_i.size() == 1 && on_i[0] > 1 - near_of(edges[i])) return true;
    add(edges[i], on_i);
    add(edges[j], on_j);
    return met.size() <= kMaxMeetings;
  });
  return finite ? std::optional(std::move(met)) : std::nullopt;
}

}  // namespace

std::optional<Cuts> cuts_of(const std::vector<MonotoneEdge>& edges, std::size_t sources) {
  const auto met = all_meetings(edges);
  if (!met) return std::nullopt;
  const Buckets by_source(sources, [&](const auto& put) {
    for (std::size_t i = 0; i < met->size(); ++i) put((*met)[i].source, i);
  });
  Cuts cuts;
  cuts.parameters.reserve(met->size() + 2 * sources);
  cuts.begins.reserve(sources + 1);
  std::vector<std::pair<double, double>> here;  // a parameter, and how near another is the same
  for (std::size_t source = 0; source < sources; ++source) {
    here.clear();
    for (const std::uint32_t i : by_source[source])
      here.emplace_back((*met)[i].parameter, (*met)[i].near);
    std::sort(here.begin(), here.end());
    cuts.begins.push_back(cuts.parameters.size());
    cuts.parameters.push_back(0);
    for (const auto& [parameter, near] : here) {
      if (parameter > cuts.parameters.back() + near && parameter < 1 - near)
        cuts.parameters.push_back(parameter);
    }
    cuts.parameters.push_back(1);
  }
  cuts.begins.push_back(cuts.parameters.size());
  return cuts;
}

}  // namespace svgfusion::icon
