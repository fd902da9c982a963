// SPDX-License-Identifier: MIT
#include "dashes.h"

#include <array>
#include <numeric>

#include "offset_curve.h"

namespace svgfusion::icon {
namespace {

using svg::Point;
using svg::Segment;

constexpr std::size_t kMaxDashes = 10'000;
constexpr int kSteps = 64;  // chords a curve is measured by: 1e-4 of its length off at most

// Arc length along one segment, tabulated, and its inverse.
class Ruler {
 public:
  Ruler(Point start, const Segment& segment) : is_line_(segment.kind == Segment::Kind::kLine) {
    Point previous = start;
    lengths_[0] = 0;
    for (int i = 1; i <= kSteps; ++i) {
      const Point p = svg::evaluate(start, segment, static_cast<double>(i) / kSteps);
      lengths_[static_cast<std::size_t>(i)] =
          lengths_[static_cast<std::size_t>(i - 1)] + distance(previous, p);
      previous = p;
    }
  }
  double total() const { return lengths_[kSteps]; }
  double parameter(double length) const {
    if (is_line_ || total() == 0) return total() == 0 ? 0 : length / total();
    std::size_t i = 1;
    while (i < kSteps && lengths_[i] < length) ++i;
    const double step = lengths_[i] - lengths_[i - 1];
    const double part = step == 0 ? 0 : (length - lengths_[i - 1]) / step;
    return (static_cast<double>(i - 1) + part) / kSteps;
  }

 private:
  bool is_line_;
  std::array<double, kSteps + 1> lengths_{};
};

struct Phase {
  std::size_t index = 0;
  double left = 0;
};

Phase phase_at(const std::vector<double>& dashes, double offset) {
  const double period = std::accumulate(dashes.begin(), dashes.end(), 0.0);
  double at = std::fmod(offset, period);
  if (at < 0) at += period;
  Phase phase;
  while (at >= dashes[phase.index]) {
    at -= dashes[phase.index];
    phase.index = (phase.index + 1) % dashes.size();
  }
  phase.left = dashes[phase.index] - at;
  return phase;
}

// On a closed subpath the dash that ends where it closes goes on in the one that begins there, so
// that the corner is joined. The subpath's dashes are those from `first` on.
void join_ends(std::vector<svg::Subpath>& dashes, std::size_t first) {
  if (dashes.size() < first + 2 || distance(dashes.back().end(), dashes[first].start) > kNoLength)
    return;
  svg::Subpath joined = std::move(dashes.back());
  joined.segments.insert(joined.segments.end(), dashes[first].segments.begin(),
                         dashes[first].segments.end());
  dashes[first] = std::move(joined);
  dashes.pop_back();
}

}  // namespace

std::optional<std::vector<svg::Subpath>> cut_into_dashes(const svg::Path& path,
                                                         const std::vector<double>& dashes,
                                                         double offset) {
  std::vector<svg::Subpath> out;
  for (svg::Subpath subpath : path.subpaths) {
    if (subpath.closed && !(subpath.end() == subpath.start)) {
      subpath.segments.push_back(svg::line_to(subpath.start));
    }
    Phase phase = phase_at(dashes, offset);
    const auto drawn = [&] { return phase.index % 2 == 0; };
    const bool begins_drawn = drawn();
    const std::size_t first = out.size();
    svg::Subpath dash{subpath.start, {}, false};
    Point current = subpath.start;
    for (const Segment& segment : subpath.segments) {
      const Ruler ruler(current, segment);
      double done = 0;
      while (done < ruler.total()) {
        const double step = std::min(phase.left, ruler.total() - done);
        const double t0 = ruler.parameter(done);
        const double t1 = done + step >= ruler.total() ? 1 : ruler.parameter(done + step);
        if (drawn()) dash.segments.push_back(svg::part_of(current, segment, t0, t1));
        done += step;
        phase.left -= step;
        if (phase.left > 1e-12) continue;
        if (drawn()) out.push_back(dash);
        if (out.size() > kMaxDashes) return std::nullopt;
        phase.index = (phase.index + 1) % dashes.size();
        phase.left = dashes[phase.index];
        dash = {svg::evaluate(current, segment, t1), {}, false};
        if (drawn() && phase.left == 0) {  // a zero-length dash is a dot under round caps
          dash.segments.push_back(svg::line_to(dash.start));
        }
      }
      current = segment.end;
    }
    if (drawn() && !dash.segments.empty()) out.push_back(std::move(dash));
    if (subpath.closed && begins_drawn) join_ends(out, first);
  }
  return out;
}

}  // namespace svgfusion::icon
