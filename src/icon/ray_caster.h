// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <vector>

#include "arrangement.h"
#include "buckets.h"
#include "svgfusion/icon/icon.h"

namespace svgfusion::icon {

// Winding numbers beside an edge of an arrangement, by a ray from its middle toward larger x. All
// coordinates are doubled, so that middles are lattice points too.
class RayCaster {
 public:
  explicit RayCaster(const std::vector<LatticeChord>& chords) {
    items_.reserve(chords.size());
    for (const LatticeChord& c : chords) {
      if (c.from.y != c.to.y) items_.push_back({doubled(c.from), doubled(c.to), c.loop});
    }
    bands_.fill(kBands, [&](const auto& put) {
      for (std::size_t i = 0; i < items_.size(); ++i) {
        const auto [low, high] = std::minmax(items_[i].from.y, items_[i].to.y);
        const std::size_t last = band_of(high);
        for (std::size_t band = band_of(low); band <= last; ++band) put(band, i);
      }
    });
  }

  // Those on the side of larger x of an edge that is not level. `windings` stand at 0 before.
  void add_beyond(LatticePoint from, LatticePoint to, Windings& windings) const {
    const LatticePoint middle{from.x + to.x, from.y + to.y};
    for (const std::uint32_t i : bands_[band_of(middle.y)]) {
      const Item& item = items_[i];
      if ((item.from.y <= middle.y) == (item.to.y <= middle.y)) continue;
      const bool descends = item.to.y > item.from.y;
      const std::int64_t side = cross(item.from, item.to, middle);  // 0: the edge itself
      if (descends ? side > 0 : side < 0) windings.add(item.loop, descends ? 1 : -1);
    }
  }

 private:
  struct Item {
    LatticePoint from, to;
    std::size_t loop;
  };
  static constexpr std::size_t kBands = 256;
  static LatticePoint doubled(LatticePoint p) { return {2 * p.x, 2 * p.y}; }
  static std::size_t band_of(std::int32_t y) {
    const double band = y * (kBands / (2 * kLattice * kBoxSize));
    return static_cast<std::size_t>(std::clamp(band, 0.0, kBands - 1.0));
  }

  std::vector<Item> items_;
  Buckets bands_;  // numbers of items by the bands of y they reach into
};

}  // namespace svgfusion::icon
