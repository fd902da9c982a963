// SPDX-License-Identifier: MIT
// How a batch is shared out: over the processes of a run, and within a process over passes that
// follow one another to save memory.
#pragma once

#include <cstdint>

namespace svgfusion::training {

// Part `index` of the `count` parts of a batch. Losses and metrics of a part are its share of those
// of the whole batch: summed over all parts they are the batch's, however it was cut.
struct Part {
  std::int64_t index = 0;
  std::int64_t count = 1;

  // The icons [begin, end) of a batch of `size`; no two parts differ by more than one icon.
  std::int64_t begin(std::int64_t size) const { return size * index / count; }
  std::int64_t end(std::int64_t size) const { return size * (index + 1) / count; }
  std::int64_t size(std::int64_t of) const { return end(of) - begin(of); }
  bool is_whole() const { return count == 1; }
};

}  // namespace svgfusion::training
