// SPDX-License-Identifier: MIT
#include <ATen/Context.h>

#include "svgfusion/base/random.h"
#include "svgfusion/training/task.h"

namespace svgfusion::training {

std::vector<std::int64_t> batch_indices(std::uint64_t seed, std::int64_t step,
                                        std::int64_t batch_size, std::int64_t count) {
  // Consecutive steps share an epoch: keep its order. The cache cannot change what is returned.
  thread_local std::uint64_t cached_key = 0;
  thread_local std::vector<std::int64_t> order;
  const auto order_of = [&](std::int64_t epoch) -> const std::vector<std::int64_t>& {
    const std::uint64_t key =
        base::mix_seed({seed, base::fnv1a("epoch"), static_cast<std::uint64_t>(epoch),
                        static_cast<std::uint64_t>(count)});
    if (key != cached_key || order.empty()) {
      order = base::Random(key).permutation(count);
      cached_key = key;
    }
    return order;
  };
  std::vector<std::int64_t> indices;
  for (std::int64_t i = step * batch_size; i < (step + 1) * batch_size; ++i) {
    indices.push_back(order_of(i / count)[static_cast<std::size_t>(i % count)]);
  }
  return indices;
}

void seed_step(std::uint64_t seed, const std::string& stage, std::int64_t step) {
  at::manual_seed(base::mix_seed({seed, base::fnv1a(stage), static_cast<std::uint64_t>(step)}));
}

}  // namespace svgfusion::training
