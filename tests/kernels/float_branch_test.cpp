// SPDX-License-Identifier: MIT
// What is done in one pass against the same in several (row_kernels_test.cpp): bit for bit.
#include "svgfusion/kernels/float_branch.h"

#include "make_numbers.h"
#include "support/support.h"
#include "svgfusion/kernels/activation.h"
#include "svgfusion/kernels/modulation.h"

namespace svgfusion::kernels {
namespace {

constexpr std::int64_t kRows = 5, kWidth = 37, kStride = 4 * kWidth;
constexpr float kEpsilon = 1e-3F;
constexpr std::size_t kSize = kRows * kWidth;
const TokenSizes kTokens{kRows, 1, kWidth};
const BranchSizes kSizes{kRows, kWidth, kStride};

// Shift, scale and gate are parts 1, 2 and 3 of each row of modulation; part 0 is somebody else's.
struct Given {
  Numbers x = random_numbers(kRows * kWidth, 1), h = random_numbers(kRows * kWidth, 2);
  Numbers modulation = random_numbers(kRows * kStride, 3), up = random_numbers(kRows * kWidth, 4);

  const float* part(std::int64_t which) const { return modulation.data() + which * kWidth; }
  FloatBranchEnd end() const { return {h.data(), part(3)}; }
};

TEST(FloatBranch, AddsAndNormalisesInOnePass) {
  const Given g;
  Numbers sum(kSize, NAN), y(kSize, NAN), statistics(2 * kRows, NAN);
  gated_residual(g.x.data(), g.part(3), kStride, g.h.data(), sum.data(), kTokens, in_two);
  modulated_norm(sum.data(), g.part(1), kStride, g.part(2), kStride, kEpsilon, y.data(),
                 statistics.data(), kTokens, in_two);
  Numbers found = g.x, found_y(kSize, NAN), found_statistics(2 * kRows, NAN);
  std::vector<Bfloat16> found_rounded(kSize);
  residual_norm(found.data(), g.end(), g.part(1), g.part(2), kEpsilon, found.data(),
                found_statistics.data(), {found_y.data(), found_rounded.data()}, kSizes, in_three);
  EXPECT_EQ(found, sum);
  EXPECT_EQ(found_y, y);
  EXPECT_EQ(found_statistics, statistics);
  EXPECT_EQ(found_rounded, rounded(y));
}

TEST(FloatBranch, TheFirstNormAddsNothing) {
  const Given g;
  Numbers y(kSize, NAN), statistics(2 * kRows, NAN);
  modulated_norm(g.x.data(), g.part(1), kStride, g.part(2), kStride, kEpsilon, y.data(),
                 statistics.data(), kTokens, in_two);
  std::vector<Bfloat16> found(kSize);
  residual_norm(g.x.data(), {}, g.part(1), g.part(2), kEpsilon, nullptr, nullptr,
                {nullptr, found.data()}, kSizes, in_two);
  EXPECT_EQ(found, rounded(y));
}

TEST(FloatBranch, SamplesMayShareRows) {
  const Given g;
  const std::int64_t rows[kRows] = {4, 0, 0, 2, 4};
  BranchSizes shared = kSizes;
  shared.rows = rows;
  Numbers sum(kSize, NAN), y(kSize, NAN);
  residual_norm(g.x.data(), g.end(), g.part(1), g.part(2), kEpsilon, sum.data(), nullptr,
                {y.data(), nullptr}, shared, in_two);
  for (std::int64_t r = 0; r < kRows; ++r) {
    const std::int64_t at = rows[r] * kStride, first = r * kWidth;
    Numbers of_row(kWidth, NAN), own(kWidth, NAN);
    residual_norm(g.x.data() + first, {g.h.data() + first, g.part(3) + at}, g.part(1) + at,
                  g.part(2) + at, kEpsilon, own.data(), nullptr, {of_row.data(), nullptr},
                  {1, kWidth, kStride}, in_two);
    EXPECT_EQ(of_row, Numbers(y.begin() + first, y.begin() + first + kWidth)) << r;
  }
}

TEST(FloatBranch, GradientsInOnePass) {
  for (const bool is_last : {true, false}) {
    const Given g;
    const Numbers statistics = random_numbers(2 * kRows, 5), after = random_numbers(kSize, 6);
    Numbers through(kSize, NAN), shift(kSize, NAN), scale(kSize, NAN), gate(kSize, NAN);
    Numbers dh(kSize, NAN);
    modulated_norm_gradient(g.up.data(), g.x.data(), g.part(2), kStride, statistics.data(),
                            through.data(), shift.data(), scale.data(), kTokens, in_two);
    if (!is_last)
      for (std::size_t i = 0; i < kSize; ++i) through[i] += after[i];
    gated_residual_gradient(through.data(), g.part(3), kStride, g.h.data(), gate.data(), dh.data(),
                            kTokens, in_two);
    Numbers found = is_last ? Numbers(kSize, NAN) : after, found_h(kSize, NAN);
    std::vector<Bfloat16> found_rounded(kSize);
    Numbers of_modulation(kRows * kStride, 7);
    const auto to = [&](std::int64_t which) { return of_modulation.data() + which * kWidth; };
    residual_norm_gradient(
        g.up.data(), is_last, g.x.data(), statistics.data(), g.part(2), g.end(), found.data(),
        {to(1), to(2), to(3), {found_h.data(), found_rounded.data()}}, kSizes, in_three);
    EXPECT_EQ(found, through);
    EXPECT_EQ(found_h, dh);
    EXPECT_EQ(found_rounded, rounded(dh));
    for (std::int64_t r = 0; r < kRows; ++r) {
      for (std::int64_t i = 0; i < kWidth; ++i) {
        const auto at = static_cast<std::size_t>(r * kWidth + i);
        const float* row = of_modulation.data() + r * kStride + i;
        EXPECT_EQ(row[0], 7);
        EXPECT_EQ(row[kWidth], shift[at]);
        EXPECT_EQ(row[2 * kWidth], scale[at]);
        EXPECT_EQ(row[3 * kWidth], gate[at]);
      }
    }
  }
}

TEST(FloatBranch, GeluMayBeRounded) {
  const Given g;
  const Numbers bias = random_numbers(kWidth, 5);
  Numbers y(kSize, NAN), dx(kSize, NAN), dbias(kWidth, NAN), found_bias(kWidth, NAN);
  std::vector<Bfloat16> found(kSize);
  bias_gelu(g.x.data(), bias.data(), y.data(), kRows, kWidth, in_two);
  bias_gelu(g.x.data(), bias.data(), Operand{nullptr, found.data()}, kRows, kWidth, in_three);
  EXPECT_EQ(found, rounded(y));
  bias_gelu_gradient(g.up.data(), g.x.data(), bias.data(), dx.data(), dbias.data(), kRows, kWidth,
                     in_two);
  bias_gelu_gradient(g.up.data(), g.x.data(), bias.data(), Operand{nullptr, found.data()},
                     found_bias.data(), kRows, kWidth, in_three);
  EXPECT_EQ(found, rounded(dx));
  EXPECT_EQ(found_bias, dbias);
}

}  // namespace
}  // namespace svgfusion::kernels
