// SPDX-License-Identifier: MIT
// AdamW over a flat buffer on an emulated device, against the CPU's.
#define SVGFUSION_EMULATED_CUDA
#include "../../src/kernels/cuda/adamw.cu"

#include "make_numbers.h"
#include "support/support.h"

namespace svgfusion::kernels {
namespace {

constexpr std::int64_t kCount = 1003;  // no multiple of four
constexpr std::int64_t kDecayed = 401;

struct State {
  Numbers values = random_numbers(kCount, 1), first = Numbers(kCount, 0), second = first;
  Numbers average = values;
  std::vector<Bfloat16> rounded_values = std::vector<Bfloat16>(kCount);
  WeightState memory() {
    return {values.data(), first.data(), second.data(), average.data(), rounded_values.data()};
  }
};

struct Device {
  Numbers sums = Numbers(UpdateMemory::kPartialSums, NAN);
  UpdateFactors factors;
  float updates = 0, skipped = 0, norm = NAN, rate = 0.01F, forgets = 0.1F;
  UpdateMemory memory() {
    return {sums.data(), &factors, &updates, &skipped, &norm, &rate, &forgets};
  }
};

void expect_near(const Numbers& found, const Numbers& expected, const char* what) {
  for (std::size_t i = 0; i < found.size(); ++i)
    ASSERT_NEAR(found[i], expected[i], 2e-6) << what << " at " << i;
}

AdamW some_rule() {
  AdamW rule;
  rule.weight_decay = 0.1;
  return rule;
}

TEST(AdamWOnADevice, IsThatOfTheCpu) {
  State state, twin;
  Device device;
  AdamW rule = some_rule();
  for (int step = 1; step <= 3; ++step) {
    const Numbers gradient = random_numbers(kCount, 10 + static_cast<std::uint64_t>(step));
    // The second step's norm is under the clip.
    const double clip = step == 2 ? 1e6 : 0.5;
    adamw(gradient.data(), state.memory(), kCount, kDecayed, rule, clip, device.memory(), Stream());
    double squares = 0;
    for (const float g : gradient) squares += double{g} * g;
    ASSERT_NEAR(device.norm, std::sqrt(squares), 1e-4);
    AdamW expected = rule;
    expected.rate = device.rate;
    expected.forgets = device.forgets;
    expected.updates = step;
    expected.gradient_scale = std::min(1.0, clip / std::sqrt(squares));
    adamw(gradient.data(), twin.memory(), kDecayed, expected, in_two);
    expected.weight_decay = 0;
    adamw(gradient.data() + kDecayed, twin.memory().from(kDecayed), kCount - kDecayed, expected,
          in_two);
    expect_near(state.values, twin.values, "value");
    expect_near(state.first, twin.first, "first moment");
    expect_near(state.second, twin.second, "second moment");
    expect_near(state.average, twin.average, "average");
    for (std::size_t i = 0; i < kCount; ++i)
      ASSERT_EQ(state.rounded_values[i], rounded(state.values[i])) << i;
    ASSERT_EQ(device.updates, static_cast<float>(step));
  }
}

// Each thread of the sum then has more than one place.
TEST(AdamWOnADevice, SumsMoreThanOneGridHolds) {
  constexpr std::int64_t kLarge =
      std::int64_t{UpdateMemory::kPartialSums} * kThreads * kVector + 1030;
  const Numbers gradient = random_numbers(kLarge, 4);
  Numbers values(gradient.size(), 0), first = values, second = values;
  Device device;
  adamw(gradient.data(), {values.data(), first.data(), second.data(), nullptr, nullptr}, kLarge, 0,
        some_rule(), 1e6, device.memory(), Stream());
  double squares = 0;
  for (const float g : gradient) squares += double{g} * g;
  EXPECT_NEAR(device.norm, std::sqrt(squares), 1e-4 * std::sqrt(squares));
}

TEST(AdamWOnADevice, LeavesAllButTheAverageAloneWhereTheNormIsNotFinite) {
  for (const float bad : {INFINITY, NAN}) {
    State state;
    Device device;
    for (float& v : state.average) v = 0;
    const State before = state;
    Numbers gradient = random_numbers(kCount, 10);
    gradient[77] = bad;
    adamw(gradient.data(), state.memory(), kCount, kDecayed, some_rule(), 1, device.memory(),
          Stream());
    EXPECT_EQ(state.values, before.values);
    EXPECT_EQ(state.first, before.first);
    EXPECT_EQ(state.second, before.second);
    EXPECT_EQ(device.updates, 0);
    EXPECT_EQ(device.skipped, 1);
    for (std::size_t i = 0; i < kCount; ++i)
      ASSERT_NEAR(state.average[i], 0.1F * state.values[i], 1e-6);
    adamw(random_numbers(kCount, 10).data(), state.memory(), kCount, kDecayed, some_rule(), 1,
          device.memory(), Stream());
    EXPECT_EQ(device.updates, 1);
    EXPECT_EQ(device.skipped, 0);
  }
}

}  // namespace
}  // namespace svgfusion::kernels
