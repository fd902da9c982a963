// SPDX-License-Identifier: MIT
// Each kernel against its formula in double, its gradient against central differences of that.
#include <cmath>
#include <numbers>
#include <numeric>

#include "make_numbers.h"
#include "support/support.h"
#include "svgfusion/kernels/activation.h"
#include "svgfusion/kernels/dropout.h"
#include "svgfusion/kernels/modulation.h"
#include "svgfusion/kernels/sums.h"

namespace svgfusion::kernels {
namespace {

using Doubles = std::vector<double>;

void expect_near(const Numbers& found, const Doubles& expected, double tolerance,
                 const char* what) {
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t i = 0; i < found.size(); ++i)
    ASSERT_NEAR(found[i], expected[i], tolerance * (1 + std::abs(expected[i])))
        << what << " at " << i;
}

double dot(const Numbers& up, const Doubles& y) {
  return std::inner_product(up.begin(), up.end(), y.begin(), 0.0);
}

double gelu(double v) {
  return 0.5 * v * (1 + std::tanh(std::sqrt(2 / std::numbers::pi) * (v + 0.044715 * v * v * v)));
}

TEST(BiasGelu, AndItsGradientAgreeWithTheFormula) {
  for (const std::int64_t width : {1, 7, 16, 100, 129}) {
    constexpr std::int64_t kRows = 5;
    Numbers x = random_numbers(kRows * width, 1);
    for (float& v : x) v *= 3;
    const Numbers bias = random_numbers(width, 2), up = random_numbers(kRows * width, 3);
    Doubles dx_in = in_double(x), bias_in = in_double(bias);
    const auto formula = [&] {
      Doubles y;
      for (std::size_t i = 0; i < dx_in.size(); ++i)
        y.push_back(gelu(dx_in[i] + bias_in[i % bias_in.size()]));
      return y;
    };
    Numbers y(x.size(), NAN), dx(x.size(), NAN), dbias(bias.size(), NAN), again(bias.size(), NAN);
    bias_gelu(x.data(), bias.data(), y.data(), kRows, width, in_two);
    expect_near(y, formula(), 1e-6, "y");
    bias_gelu_gradient(up.data(), x.data(), bias.data(), dx.data(), dbias.data(), kRows, width,
                       in_two);
    const auto value = [&] { return dot(up, formula()); };
    expect_near(dx, slopes(dx_in, value), 1e-5, "dx");
    expect_near(dbias, slopes(bias_in, value), 1e-5, "dbias");
    bias_gelu_gradient(up.data(), x.data(), bias.data(), dx.data(), again.data(), kRows, width,
                       in_three);
    EXPECT_EQ(dbias, again);
  }
}

TEST(BiasGelu, FarFromZeroAndWithoutANumber) {
  const Numbers x{-1e4F, -30, -6, 0, 6, 30, 1e4F, NAN}, bias(8, 0);
  Numbers y(8), dx(8), dbias(8);
  bias_gelu(x.data(), bias.data(), y.data(), 1, 8, in_two);
  const Numbers up(8, 1);
  bias_gelu_gradient(up.data(), x.data(), bias.data(), dx.data(), dbias.data(), 1, 8, in_two);
  const Numbers expected{0, 0, 0, 0, 6, 30, 1e4F}, slope{0, 0, 0, 0.5F, 1, 1, 1};
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_NEAR(y[i], expected[i], 1e-6) << i;
    EXPECT_NEAR(dx[i], slope[i], 1e-6) << i;
  }
  EXPECT_TRUE(std::isnan(y[7]) && std::isnan(dx[7]));
}

TEST(ModulatedNorm, AndItsGradientAgreeWithTheFormula) {
  for (const std::int64_t width : {1, 6, 16, 50}) {
    for (const std::int64_t tokens : {1, 3}) {
      const TokenSizes sizes{4, tokens, width};
      const std::int64_t stride = 3 * width;  // slices of one matrix
      constexpr float kEpsilon = 1e-2F;
      const Numbers x = random_numbers(4 * tokens * width, 1);
      const Numbers parts = random_numbers(4 * stride, 2);
      const Numbers up = random_numbers(4 * tokens * width, 3);
      Doubles x_in = in_double(x), parts_in = in_double(parts);
      const auto formula = [&] {
        Doubles y;
        for (std::int64_t row = 0; row < 4 * tokens; ++row) {
          const double* from = x_in.data() + row * width;
          const double* shift = parts_in.data() + row / tokens * stride;
          const auto count = static_cast<double>(width);
          const double mean = std::accumulate(from, from + width, 0.0) / count;
          double square = 0;
          for (std::int64_t i = 0; i < width; ++i)
            square += (from[i] - mean) * (from[i] - mean) / count;
          for (std::int64_t i = 0; i < width; ++i)
            y.push_back((from[i] - mean) / std::sqrt(square + double{kEpsilon}) *
                            (1 + shift[2 * width + i]) +
                        shift[i]);
        }
        return y;
      };
      Numbers y(x.size(), NAN), statistics(static_cast<std::size_t>(8 * tokens), NAN);
      const float* scale = parts.data() + 2 * width;
      modulated_norm(x.data(), parts.data(), stride, scale, stride, kEpsilon, y.data(),
                     statistics.data(), sizes, in_three);
      expect_near(y, formula(), 2e-5, "y");
      Numbers dx(x.size(), NAN), dshift(static_cast<std::size_t>(4 * width), NAN);
      Numbers dscale = dshift;
      modulated_norm_gradient(up.data(), x.data(), scale, stride, statistics.data(), dx.data(),
                              dshift.data(), dscale.data(), sizes, in_two);
      const auto value = [&] { return dot(up, formula()); };
      expect_near(dx, slopes(x_in, value), 1e-4, "dx");
      const Doubles all = slopes(parts_in, value);
      for (std::int64_t b = 0; b < 4; ++b) {
        for (std::int64_t i = 0; i < width; ++i) {
          const auto at = static_cast<std::size_t>(b * width + i);
          const auto first = static_cast<std::size_t>(b * stride + i);
          ASSERT_NEAR(dshift[at], all[first], 1e-4);
          ASSERT_NEAR(dscale[at], all[first + static_cast<std::size_t>(2 * width)], 1e-4);
        }
      }
    }
  }
}

TEST(GatedResidual, AndItsGradientAgreeWithTheFormula) {
  const TokenSizes sizes{3, 2, 21};
  const Numbers x = random_numbers(126, 1), h = random_numbers(126, 2), up = random_numbers(126, 3);
  const Numbers gate = random_numbers(3 * 30, 4);
  Numbers y(126, NAN), dgate(63, NAN), dh(126, NAN);
  gated_residual(x.data(), gate.data(), 30, h.data(), y.data(), sizes, in_two);
  gated_residual_gradient(up.data(), gate.data(), 30, h.data(), dgate.data(), dh.data(), sizes,
                          in_two);
  Doubles expected_gate(63);
  for (std::size_t i = 0; i < 126; ++i) {
    const std::size_t sample = i / 42, column = i % 21;
    const float g = gate[sample * 30 + column];
    EXPECT_NEAR(y[i], x[i] + g * h[i], 1e-6);
    EXPECT_NEAR(dh[i], up[i] * g, 1e-6);
    expected_gate[sample * 21 + column] += double{up[i]} * double{h[i]};
  }
  expect_near(dgate, expected_gate, 1e-6, "dgate");
}

TEST(Dropout, FollowsItsDefinitionInAnyNumberOfThreads) {
  constexpr std::int64_t kCount = 100003;
  const Draw draw(0x123456789abcdefULL, 0.1);
  const Numbers x = random_numbers(kCount, 1), base = random_numbers(kCount, 2);
  Numbers y(kCount), again(kCount), plain(kCount);
  dropout(x.data(), base.data(), y.data(), kCount, draw, in_two);
  dropout(x.data(), base.data(), again.data(), kCount, draw, in_three);
  dropout(x.data(), nullptr, plain.data(), kCount, draw, in_three);
  EXPECT_EQ(y, again);
  for (std::int64_t i = 0; i < kCount; ++i) {
    const auto at = static_cast<std::size_t>(i);
    const float kept = x[at] * dropout_factor(draw, i);
    ASSERT_EQ(plain[at], kept);
    ASSERT_NEAR(y[at], base[at] + kept, 1e-6);
  }
}

// Of the draws of several seeds: the share that is dropped, and that neither neighbours nor the
// same elements under other seeds are dropped together more often than by chance.
TEST(Dropout, DrawsAreIndependent) {
  constexpr std::int64_t kCount = 1 << 20;
  for (const double probability : {0.1, 0.5}) {
    std::vector<std::vector<bool>> dropped;
    for (const std::uint64_t seed : {1ULL, 2ULL, 3ULL, 1ULL << 32, 0xdeadbeefULL}) {
      const Draw draw(seed, probability);
      std::vector<bool> mask;
      for (std::int64_t i = 0; i < kCount; ++i) mask.push_back(dropout_factor(draw, i) == 0);
      dropped.push_back(std::move(mask));
    }
    const auto share_together = [&](const std::vector<bool>& a, const std::vector<bool>& b,
                                    std::int64_t shift) {
      std::int64_t both = 0;
      for (std::int64_t i = 0; i + shift < kCount; ++i)
        both += a[static_cast<std::size_t>(i)] && b[static_cast<std::size_t>(i + shift)];
      return static_cast<double>(both) / static_cast<double>(kCount - shift);
    };
    const auto tolerance = [&](double share) {
      return 5 * std::sqrt(share * (1 - share) / static_cast<double>(kCount));
    };
    for (std::size_t a = 0; a < dropped.size(); ++a) {
      EXPECT_NEAR(share_together(dropped[a], dropped[a], 0), probability, tolerance(probability));
      const double chance = probability * probability;
      for (const std::int64_t shift : {1, 2, 15, 16, 17, 32, 256, 512})
        EXPECT_NEAR(share_together(dropped[a], dropped[a], shift), chance, tolerance(chance))
            << shift;
      for (std::size_t b = 0; b < a; ++b) {
        for (const std::int64_t shift : {0, 1, 16, 32})
          EXPECT_NEAR(share_together(dropped[a], dropped[b], shift), chance, tolerance(chance));
      }
    }
  }
}

TEST(ReluDropout, AndItsGradient) {
  constexpr std::int64_t kCount = 1000;
  Numbers x = random_numbers(kCount, 1);
  x[7] = NAN;
  const Numbers up = random_numbers(kCount, 2);
  for (const double probability : {0.0, 0.3}) {
    const Draw draw(9, probability);
    Numbers y(kCount), dx(kCount);
    relu_dropout(x.data(), y.data(), kCount, draw, in_two);
    relu_dropout_gradient(up.data(), y.data(), dx.data(), kCount, draw, in_three);
    for (std::int64_t i = 0; i < kCount; ++i) {
      const auto at = static_cast<std::size_t>(i);
      if (i == 7) {
        EXPECT_TRUE(std::isnan(y[at]));
        continue;
      }
      const float factor = dropout_factor(draw, i);
      ASSERT_EQ(y[at], std::max(x[at], 0.0F) * factor);
      ASSERT_EQ(dx[at], x[at] > 0 ? up[at] * factor : 0.0F);
    }
  }
}

TEST(ColumnSum, OfAnyWidth) {
  for (const std::int64_t width : {1, 63, 64, 200}) {
    const Numbers x = random_numbers(7 * width, 5);
    Doubles expected(static_cast<std::size_t>(width));
    for (std::size_t i = 0; i < x.size(); ++i) expected[i % expected.size()] += double{x[i]};
    Numbers sums(expected.size(), NAN);
    column_sum(x.data(), sums.data(), 7, width, in_two);
    expect_near(sums, expected, 1e-6, "sum");
  }
}

TEST(SquareSum, OfManyRunsOfAnyLength) {
  std::vector<Numbers> numbers;
  std::vector<Span> spans;
  double expected = 0;
  for (const std::int64_t count : {0, 1, 31, 1025, 70000, 200001}) {
    numbers.push_back(random_numbers(count, 5));
    spans.push_back({numbers.back().data(), count});
    for (const float v : numbers.back()) expected += double{v} * double{v};
  }
  const double found = square_sum(spans, in_two);
  EXPECT_NEAR(found, expected, 1e-6 * expected);
  EXPECT_EQ(found, square_sum(spans, in_three));
  const Numbers broken{1, INFINITY};
  EXPECT_TRUE(std::isinf(square_sum({{broken.data(), 2}}, in_two)));
}

}  // namespace
}  // namespace svgfusion::kernels
