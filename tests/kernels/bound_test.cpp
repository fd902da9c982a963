// SPDX-License-Identifier: MIT
// The bound's slope against differences of the bound, and the CUDA kernel on an emulated device
// against its CPU twin. That the bound is the right one: diffusion_test.cpp.
#define SVGFUSION_EMULATED_CUDA
#include "../../src/kernels/cuda/bound.cu"

#include "make_numbers.h"
#include "support/support.h"

namespace svgfusion::kernels {
namespace {

constexpr std::int64_t kSamples = 5, kTokens = 2, kWidth = 70, kSize = kTokens * kWidth;

struct Inputs {
  // What the denoiser says comes as two halves of rows.
  Numbers x0 = random_numbers(kSamples * kSize, 1), x_t = random_numbers(kSamples * kSize, 2);
  Numbers said = random_numbers(2 * kSamples * kSize, 3);
  std::vector<std::int64_t> timesteps{0, 3, 1, 3, 2};
  std::vector<PosteriorRow> rows{{1, 0, -9.2F, -9.0F},
                                 {0.9F, 0.1F, -9.1F, -8.0F},
                                 {0.6F, 0.3F, -7, -6},
                                 {0.2F, 0.8F, -4.2F, -4}};

  Inputs() {
    // Inner and outermost bins, near their means and far.
    for (std::int64_t i = 0; i < kSize; ++i) {
      const float near = 0.01F * said[static_cast<std::size_t>(i)];
      x0[static_cast<std::size_t>(i)] = i % 3 == 0 ? 1 : i % 3 == 1 ? -1 : 0.3F;
      said[static_cast<std::size_t>(i % kWidth + i / kWidth * 2 * kWidth)] =
          x0[static_cast<std::size_t>(i)] + near;
    }
  }
  BoundInputs view() const {
    return {x0.data(),
            x_t.data(),
            said.data(),
            said.data() + kWidth,
            2 * kWidth,
            2 * kWidth,
            timesteps.data(),
            rows.data(),
            kSamples,
            kTokens,
            kWidth};
  }
};

TEST(VariationalBound, TheDevicesIsThatOfTheCpu) {
  const Inputs in;
  Numbers bound(kSamples), slope(kSamples * kSize), bound_twin = bound, slope_twin = slope;
  variational_bound(in.view(), bound.data(), slope.data(), Stream());
  variational_bound(in.view(), bound_twin.data(), slope_twin.data(), in_two);
  for (std::size_t i = 0; i < bound.size(); ++i)
    EXPECT_NEAR(bound[i], bound_twin[i], 1e-5F * (1 + std::abs(bound_twin[i])));
  for (std::size_t i = 0; i < slope.size(); ++i)
    ASSERT_NEAR(slope[i], slope_twin[i], 1e-5F * (1 + std::abs(slope_twin[i]))) << i;
}

TEST(VariationalBound, TheSlopeIsItsOwn) {
  Inputs in;
  Numbers bound(kSamples), slope(kSamples * kSize), unused = slope;
  variational_bound(in.view(), bound.data(), slope.data(), in_two);
  constexpr float kStep = 1e-2F;
  for (std::int64_t b = 0; b < kSamples; ++b) {
    // Along a direction, since one number moves a mean of many too little.
    Numbers above(kSamples), below(kSamples);
    double expected = 0;
    const auto move = [&](float by) {
      for (std::int64_t i = 0; i < kSize; ++i) {
        const std::int64_t row = b * kTokens + i / kWidth;
        const float sign = slope[static_cast<std::size_t>(b * kSize + i)] < 0 ? -1.0F : 1.0F;
        in.said[static_cast<std::size_t>(row * 2 * kWidth + kWidth + i % kWidth)] += by * sign;
      }
    };
    for (std::int64_t i = 0; i < kSize; ++i)
      expected += std::abs(slope[static_cast<std::size_t>(b * kSize + i)]);
    move(kStep);
    variational_bound(in.view(), above.data(), unused.data(), in_two);
    move(-2 * kStep);
    variational_bound(in.view(), below.data(), unused.data(), in_two);
    move(kStep);
    const auto at = static_cast<std::size_t>(b);
    const double found = (above[at] - below[at]) / (2 * kStep);
    EXPECT_NEAR(found, expected, 2e-2 * expected + 1e-4) << "sample " << b;
  }
}

}  // namespace
}  // namespace svgfusion::kernels
