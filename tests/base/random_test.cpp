// SPDX-License-Identifier: MIT
#include "svgfusion/base/random.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "support/support.h"

namespace svgfusion::base {
namespace {

TEST(Random, KnownHash) {
  // The published FNV-1a test values.
  EXPECT_EQ(hex(fnv1a("")), "cbf29ce484222325");
  EXPECT_EQ(hex(fnv1a("a")), "af63dc4c8601ec8c");
  EXPECT_EQ(hex(fnv1a("foobar")), "85944171f73967e8");
}

TEST(Random, SplitMixReference) {
  Random random(1234567);  // first outputs of Vigna's splitmix64.c for this seed
  EXPECT_EQ(random.next(), 6457827717110365317ULL);
  EXPECT_EQ(random.next(), 3203168211198807973ULL);
}

TEST(Random, MixedSeedsDiffer) {
  std::set<std::uint64_t> seen;
  for (std::uint64_t a = 0; a < 30; ++a) {
    for (std::uint64_t b = 0; b < 30; ++b) seen.insert(mix_seed({a, b}));
  }
  EXPECT_EQ(seen.size(), 900U);
}

TEST(Random, NormalMoments) {
  Random random(7);
  double sum = 0, squares = 0;
  constexpr int kCount = 100000;
  for (int i = 0; i < kCount; ++i) {
    const double x = random.normal();
    sum += x;
    squares += x * x;
  }
  EXPECT_NEAR(sum / kCount, 0, 0.015);  // five standard errors
  EXPECT_NEAR(squares / kCount, 1, 0.025);
}

TEST(Random, PermutationHoldsEveryNumberOnce) {
  std::vector<std::int64_t> order = Random(3).permutation(100);
  EXPECT_FALSE(std::is_sorted(order.begin(), order.end()));
  std::sort(order.begin(), order.end());
  for (std::int64_t i = 0; i < 100; ++i) EXPECT_EQ(order[static_cast<std::size_t>(i)], i);
}

}  // namespace
}  // namespace svgfusion::base
