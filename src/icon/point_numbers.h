// SPDX-License-Identifier: MIT
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "arrangement.h"

namespace svgfusion::icon {

// Lattice points as numbers from 0, in the order in which they first come: a hash table with open
// addressing, at most half full.
class PointNumbers {
 public:
  explicit PointNumbers(std::size_t most_points)
      : slots_(std::bit_ceil(2 * most_points + 2)), shift_(64 - std::countr_zero(slots_.size())) {}

  std::uint32_t of(LatticePoint p) {
    Slot& slot = slots_[slot_of(p)];
    if (slot.number == 0) slot = {p, ++count_};
    return slot.number - 1;
  }
  // Unset when the point has none yet.
  std::optional<std::uint32_t> find(LatticePoint p) const {
    const Slot& slot = slots_[slot_of(p)];
    return slot.number != 0 ? std::optional(slot.number - 1) : std::nullopt;
  }
  std::size_t size() const { return count_; }

 private:
  struct Slot {
    LatticePoint at;
    std::uint32_t number = 0;  // one more than the point's; 0 is a free slot
  };
  // The point's own slot, or the free one that it would get.
  std::size_t slot_of(LatticePoint p) const {
    // Multiplicative hashing: Knuth, The Art of Computer Programming 3, section 6.4.
    const auto key = static_cast<std::uint64_t>(static_cast<std::uint32_t>(p.x)) << 32 |
                     static_cast<std::uint32_t>(p.y);
    std::size_t i = (key * 0x9E3779B97F4A7C15u) >> shift_;
    while (slots_[i].number != 0 && slots_[i].at != p) i = (i + 1) & (slots_.size() - 1);
    return i;
  }
  std::vector<Slot> slots_;
  int shift_;
  std::uint32_t count_ = 0;
};

}  // namespace svgfusion::icon
