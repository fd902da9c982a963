// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <utility>
#include <vector>

#include "arrangement.h"
#include "buckets.h"
#include "svgfusion/icon/icon.h"

namespace svgfusion::icon {

// Winding numbers beside a point, by a ray along one axis. All coordinates are doubled, so that
// midpoints are lattice points too.
class RayCaster {
 public:
  RayCaster(const std::vector<LatticeChord>& chords, const Region& region, bool along_x)
      : along_x_(along_x), windings_(region) {
    items_.reserve(chords.size());
    for (const LatticeChord& c : chords) {
      const Item item{turned(c.from), turned(c.to), static_cast<std::uint32_t>(c.loop)};
      if (item.from.y != item.to.y) items_.push_back(item);
    }
    bands_.fill(kBands, [&](const auto& put) {
      for (std::size_t i = 0; i < items_.size(); ++i) {
        const auto [low, high] = std::minmax(items_[i].from.y, items_[i].to.y);
        const std::size_t last = band_of(high);
        for (std::size_t band = band_of(low); band <= last; ++band) put(band, i);
      }
    });
  }

  struct Sides {
    bool before = false;  // at smaller coordinates of the ray's axis
    bool beyond = false;
  };
  // About the middle of an edge that is not parallel to the ray.
  Sides sides(LatticePoint from, LatticePoint to) {
    const Turned a = turned(from);
    const Turned b = turned(to);
    const Turned middle{(a.x + b.x) / 2, (a.y + b.y) / 2};
    windings_.reset();
    own_.clear();
    for (const std::uint32_t i : bands_[band_of(middle.y)]) {
      const Item& item = items_[i];
      if ((item.from.y <= middle.y) == (item.to.y <= middle.y)) continue;
      const bool rises = item.to.y > item.from.y;
      const std::int64_t side = side_of(item, middle);
      if (side == 0) {
        own_.push_back({item.loop, rises ? 1 : -1});  // through the middle: the edge itself
      } else if (rises ? side > 0 : side < 0) {
        windings_.add(item.loop, rises ? 1 : -1);
      }
    }
    Sides out;
    out.beyond = windings_.inside();
    for (const auto& [loop, step] : own_) windings_.add(loop, step);
    out.before = windings_.inside();
    return out;
  }

 private:
  struct Turned {  // x along the ray
    std::int32_t x, y;
  };
  struct Item {
    Turned from, to;
    std::uint32_t loop;
  };
  static constexpr std::size_t kBands = 256;
  Turned turned(LatticePoint p) const {
    return along_x_ ? Turned{2 * p.x, 2 * p.y} : Turned{2 * p.y, 2 * p.x};
  }
  static std::int64_t side_of(const Item& item, Turned p) {
    return std::int64_t{item.to.x - item.from.x} * (p.y - item.from.y) -
           std::int64_t{item.to.y - item.from.y} * (p.x - item.from.x);
  }
  static std::size_t band_of(std::int32_t y) {
    const double band = y * (kBands / (2 * kLattice * kBoxSize));
    return static_cast<std::size_t>(std::clamp(band, 0.0, kBands - 1.0));
  }

  bool along_x_;
  std::vector<Item> items_;
  Buckets bands_;  // numbers of items by the bands of y they reach into
  Windings windings_;
  std::vector<std::pair<std::size_t, int>> own_;
};

}  // namespace svgfusion::icon
