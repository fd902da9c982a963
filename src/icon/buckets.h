// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace svgfusion::icon {

// Lists of numbers, one a bucket, in one block of memory.
class Buckets {
 public:
  Buckets() : begins_(1, 0) {}
  // `list(put)` calls put(bucket, item) for every item, the same ones each time: it is called once
  // to count and once to fill.
  template <class List>
  Buckets(std::size_t count, const List& list) {
    fill(count, list);
  }
  // The same anew, in the memory that is there.
  template <class List>
  void fill(std::size_t count, const List& list) {
    begins_.assign(count + 1, 0);
    list([&](std::size_t bucket, std::size_t) { ++begins_[bucket + 1]; });
    for (std::size_t b = 0; b < count; ++b) begins_[b + 1] += begins_[b];
    items_.resize(begins_.back());
    next_.assign(begins_.begin(), begins_.end() - 1);
    list([&](std::size_t bucket, std::size_t item) {
      items_[next_[bucket]++] = static_cast<std::uint32_t>(item);
    });
  }

  std::span<const std::uint32_t> operator[](std::size_t bucket) const {
    return std::span(items_).subspan(begins_[bucket], begins_[bucket + 1] - begins_[bucket]);
  }

 private:
  std::vector<std::uint32_t> begins_;
  std::vector<std::uint32_t> next_;  // while filling
  std::vector<std::uint32_t> items_;
};

}  // namespace svgfusion::icon
