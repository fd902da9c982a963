// SPDX-License-Identifier: MIT
#include "svgfusion/kernels/product.h"

#include <cmath>

#include "make_numbers.h"
#include "support/support.h"

namespace svgfusion::kernels {
namespace {

void expect_near(const Numbers& found, const std::vector<double>& expected, std::int64_t depth,
                 const char* what, const ProductSizes& s) {
  for (std::size_t i = 0; i < found.size(); ++i) {
    ASSERT_NEAR(found[i], expected[i], 2e-6 * static_cast<double>(depth) + 1e-6)
        << what << " at " << i << " of " << s.rows << " x " << s.inputs << " x " << s.outputs;
  }
}

struct Sums {
  std::vector<double> y, dx, dw;
};

Sums plain_sums(const Numbers& x, const Numbers& w, const Numbers& bias, const Numbers& up,
                const ProductSizes& s) {
  const auto at = [](const Numbers& m, std::int64_t row, std::int64_t column, std::int64_t width) {
    return static_cast<double>(m[static_cast<std::size_t>(row * width + column)]);
  };
  Sums sums{{}, std::vector<double>(x.size()), std::vector<double>(w.size())};
  for (std::int64_t r = 0; r < s.rows; ++r) {
    for (std::int64_t o = 0; o < s.outputs; ++o) {
      double sum = bias[static_cast<std::size_t>(o)];
      for (std::int64_t i = 0; i < s.inputs; ++i) {
        sum += at(x, r, i, s.inputs) * at(w, o, i, s.inputs);
        sums.dx[static_cast<std::size_t>(r * s.inputs + i)] +=
            at(up, r, o, s.outputs) * at(w, o, i, s.inputs);
        sums.dw[static_cast<std::size_t>(o * s.inputs + i)] +=
            at(up, r, o, s.outputs) * at(x, r, i, s.inputs);
      }
      sums.y.push_back(sum);
    }
  }
  return sums;
}

template <class Operand>
void expect_sums(const Operand& x, const Operand& w, const Numbers& bias, const Operand& up,
                 const Sums& sums, const ProductSizes& s) {
  Numbers y(sums.y.size(), NAN), again(sums.y.size(), NAN);
  product(x.data(), w.data(), bias.data(), y.data(), s, in_two);
  expect_near(y, sums.y, s.inputs, "y", s);
  product(x.data(), w.data(), bias.data(), again.data(), s, in_three);
  EXPECT_EQ(y, again);
  Operand packed(static_cast<std::size_t>(packed_size(s)));
  pack_weights(w.data(), packed.data(), s, in_two);
  std::fill(y.begin(), y.end(), NAN);
  packed_product(x.data(), packed.data(), bias.data(), y.data(), s, in_three);
  expect_near(y, sums.y, s.inputs, "y, packed", s);
  Numbers dx(sums.dx.size(), NAN), dw(sums.dw.size(), NAN);
  product_input_gradient(up.data(), w.data(), dx.data(), s, in_two);
  expect_near(dx, sums.dx, s.outputs, "dx", s);
  product_weight_gradient(up.data(), x.data(), dw.data(), s, in_three);
  expect_near(dw, sums.dw, s.rows, "dw", s);
}

TEST(Product, AllThreeAgreeWithThePlainSumsAtEverySize) {
  std::uint64_t seed = 1;
  for (const std::int64_t rows : {1, 2, 5, 6, 7, 13, 16, 17, 31, 32, 33, 36, 64, 100}) {
    for (const std::int64_t inputs : {1, 15, 16, 33, 48, 300}) {
      for (const std::int64_t outputs : {1, 6, 11, 12, 25, 40}) {
        const ProductSizes s{rows, inputs, outputs};
        const Numbers x = random_numbers(rows * inputs, seed++);
        const Numbers w = random_numbers(outputs * inputs, seed++);
        const Numbers bias = random_numbers(outputs, seed++);
        const Numbers up = random_numbers(rows * outputs, seed++);
        expect_sums(x, w, bias, up, plain_sums(x, w, bias, up, s), s);
      }
    }
  }
}

TEST(Product, OfOperandsInBfloat16) {
  std::uint64_t seed = 1;
  for (const std::int64_t rows : {1, 2, 7, 12, 31, 32, 33, 100}) {
    for (const std::int64_t inputs : {2, 16, 34, 64, 300}) {
      for (const std::int64_t outputs : {2, 12, 26, 260}) {
        const ProductSizes s{rows, inputs, outputs};
        const auto x = rounded(random_numbers(rows * inputs, seed++));
        const auto w = rounded(random_numbers(outputs * inputs, seed++));
        const Numbers bias = random_numbers(outputs, seed++);
        const auto up = rounded(random_numbers(rows * outputs, seed++));
        expect_sums(x, w, bias, up, plain_sums(widened(x), widened(w), bias, widened(up), s), s);
      }
    }
  }
}

TEST(Product, RoundsToTheNearestBfloat16) {
  Numbers x = random_numbers(100000, 1);
  x[0] = 1 + 1.0F / 256;  // half way: to the even one below
  x[1] = 1 + 3.0F / 256;  // to the even one above
  x[2] = INFINITY;
  x[3] = 3.4e38F;  // to infinity
  x[4] = NAN;
  std::vector<Bfloat16> found(x.size());
  round_to_bfloat16(x.data(), found.data(), static_cast<std::int64_t>(x.size()), in_two);
  EXPECT_TRUE(std::isnan(widened(found)[4]));
  EXPECT_EQ(widened(found)[0], 1);
  EXPECT_EQ(widened(found)[1], 1 + 4.0F / 256);
  EXPECT_EQ(widened(found)[2], INFINITY);
  EXPECT_EQ(widened(found)[3], INFINITY);
  x[4] = found[4] = 0;
  EXPECT_EQ(found, rounded(x));

  const Numbers bias = random_numbers(40, 2), back = widened(found);
  Numbers widened_sum(found.size());
  widen(found.data(), bias.data(), widened_sum.data(), 2500, 40, in_three);
  for (std::size_t i = 0; i < found.size(); ++i) ASSERT_EQ(widened_sum[i], back[i] + bias[i % 40]);
  widen(found.data(), nullptr, widened_sum.data(), 2500, 40, in_two);
  EXPECT_EQ(widened_sum, back);
}

TEST(Product, WithoutBias) {
  const Numbers x{1, 2, 3, 4}, w{1, 0, 0, 1, 1, 1};
  Numbers y(6);
  product(x.data(), w.data(), nullptr, y.data(), {2, 2, 3}, in_two);
  EXPECT_EQ(y, (Numbers{1, 2, 3, 3, 4, 7}));
}

}  // namespace
}  // namespace svgfusion::kernels
