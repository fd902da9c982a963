// SPDX-License-Identifier: MIT
#include "svgfusion/training/batches.h"

#include <gtest/gtest.h>

#include <set>

namespace svgfusion::training {
namespace {

TEST(Batches, EveryEpochIsAPermutation) {
  EpochOrder epochs(3, 10, torch::kCPU);
  std::vector<std::int64_t> drawn;
  for (std::int64_t step = 0; step < 10; ++step) {
    for (const std::int64_t i : epochs.host(step, 7, {})) drawn.push_back(i);
  }
  ASSERT_EQ(drawn.size(), 70U);
  std::set<std::vector<std::int64_t>> orders;
  for (std::size_t epoch = 0; epoch < 7; ++epoch) {
    const std::vector<std::int64_t> order(
        drawn.begin() + static_cast<std::ptrdiff_t>(10 * epoch),
        drawn.begin() + static_cast<std::ptrdiff_t>(10 * epoch + 10));
    EXPECT_EQ(std::set<std::int64_t>(order.begin(), order.end()).size(), 10U);
    orders.insert(order);
  }
  EXPECT_EQ(orders.size(), 7U);
  EpochOrder another(4, 10, torch::kCPU);
  const std::vector<std::int64_t> batch =
      epochs.host(4, 7, {});  // back again, across an epoch's end
  EXPECT_EQ(batch, EpochOrder(3, 10, torch::kCPU).host(4, 7, {}));
  EXPECT_NE(batch, another.host(4, 7, {}));
  EXPECT_TRUE(epochs.on_device(4, 7, {}).equal(torch::tensor(batch, torch::kLong)));
}

TEST(Batches, PartsAreTheBatchInOrder) {
  EpochOrder order(5, 10, torch::kCPU);
  for (const std::int64_t count : {1, 2, 3, 7, 9}) {
    std::vector<std::int64_t> joined;
    for (std::int64_t index = 0; index < count; ++index) {
      const Part part{index, count};
      const std::vector<std::int64_t> icons = order.host(2, 7, part);
      EXPECT_TRUE(order.on_device(2, 7, part).equal(torch::tensor(icons, torch::kLong)));
      EXPECT_LE(static_cast<std::int64_t>(icons.size()), (7 + count - 1) / count);
      joined.insert(joined.end(), icons.begin(), icons.end());
    }
    EXPECT_EQ(joined, order.host(2, 7, {})) << count << " parts";
  }
}

}  // namespace
}  // namespace svgfusion::training
