// SPDX-License-Identifier: MIT
#include "svgfusion/kernels/adamw.h"

#include <cmath>

#include "make_numbers.h"
#include "support/support.h"
#include "svgfusion/kernels/product_norm.h"

namespace svgfusion::kernels {
namespace {

struct Weights {
  Numbers values, first, second, average;
  std::vector<Bfloat16> rounded;

  explicit Weights(std::int64_t n)
      : values(random_numbers(n, 1)),
        first(random_numbers(n, 2)),
        second(random_numbers(n, 3)),
        average(random_numbers(n, 4)),
        rounded(static_cast<std::size_t>(n)) {
    for (float& v : second) v = v * v;
  }
  WeightState state() {
    return {values.data(), first.data(), second.data(), average.data(), rounded.data()};
  }
  bool operator==(const Weights&) const = default;
};

AdamW rule() {
  AdamW rule;
  rule.rate = 0.01;
  rule.beta1 = 0.9;
  rule.beta2 = 0.95;
  rule.weight_decay = 0.1;
  rule.updates = 3;
  rule.gradient_scale = 0.5;
  rule.forgets = 0.2;
  return rule;
}

TEST(AdamW, IsTheFormulaInDouble) {
  const AdamW r = rule();
  for (const std::int64_t n : {1, 15, 16, 33, 40000}) {
    const Numbers gradient = random_numbers(n, 5);
    const Weights before(n);
    Weights after = before;
    double squares = 0;
    for (const float g : gradient) squares += std::pow(r.gradient_scale * g, 2);
    EXPECT_NEAR(adamw(gradient.data(), after.state(), n, r, in_two), squares, 1e-5 * squares);
    for (std::size_t i = 0; i < gradient.size(); ++i) {
      const double g = r.gradient_scale * gradient[i];
      const double m = r.beta1 * before.first[i] + (1 - r.beta1) * g;
      const double v = r.beta2 * before.second[i] + (1 - r.beta2) * g * g;
      const double corrected_m = m / (1 - std::pow(r.beta1, r.updates));
      const double corrected_v = v / (1 - std::pow(r.beta2, r.updates));
      const double w = before.values[i] * (1 - r.rate * r.weight_decay) -
                       r.rate * corrected_m / (std::sqrt(corrected_v) + r.epsilon);
      ASSERT_NEAR(after.first[i], m, 1e-6);
      ASSERT_NEAR(after.second[i], v, 1e-6 * (1 + v));
      ASSERT_NEAR(after.values[i], w, 1e-6 * (1 + std::abs(w)));
      ASSERT_NEAR(after.average[i], before.average[i] + r.forgets * (w - before.average[i]), 1e-6);
      const auto bits = static_cast<std::uint32_t>(after.rounded[i]) << 16;
      float rounded;
      std::memcpy(&rounded, &bits, sizeof rounded);
      ASSERT_NEAR(rounded, after.values[i], std::abs(after.values[i]) / 256);
    }
    Weights again = before;
    adamw(gradient.data(), again.state(), n, r, in_three);
    EXPECT_EQ(again, after);
  }
}

// A gradient that is never written gives the same bits as one that is.
TEST(AdamW, OfAProductIsThatOfItsGradient) {
  for (const ProductSizes s : {ProductSizes{1, 1, 1}, {5, 40, 7}, {32, 64, 100}, {33, 256, 24}}) {
    const std::int64_t n = s.inputs * s.outputs;
    const Numbers up = random_numbers(s.rows * s.outputs, 6),
                  x = random_numbers(s.rows * s.inputs, 7);
    const auto same = [&](const auto* up_data, const auto* x_data) {
      Numbers gradient(static_cast<std::size_t>(n));
      product_weight_gradient(up_data, x_data, gradient.data(), s, in_two);
      Weights written(n), product(n), again(n);
      const double squares = adamw(gradient.data(), written.state(), n, rule(), in_two);
      const double found = adamw_of_product(up_data, x_data, s, product.state(), rule(), in_three);
      EXPECT_NEAR(found, squares, 1e-5 * squares);
      EXPECT_EQ(adamw_of_product(up_data, x_data, s, again.state(), rule(), in_two), found);
      EXPECT_EQ(product, written) << s.rows << " x " << s.inputs << " x " << s.outputs;
    };
    same(up.data(), x.data());
    same(rounded(up).data(), rounded(x).data());
  }
}

TEST(AdamW, SquareSumOfProducts) {
  const Parallel threads = in_two;
  std::vector<RowProduct<float>> products;
  std::vector<RowProduct<Bfloat16>> in_bfloat16;
  std::vector<Numbers> numbers;
  std::vector<std::vector<Bfloat16>> kept;
  double expected = 0;
  for (const std::int64_t rows : {1, 12, 31, 32, 33, 64, 100}) {
    const ProductSizes s{rows, 48, 22};
    // Already rounded, so that both forms have the same sum.
    const auto make = [&](std::int64_t size, std::uint64_t seed) {
      numbers.push_back(widened(kept.emplace_back(rounded(random_numbers(size, seed)))));
    };
    make(rows * s.outputs, 8);
    make(rows * s.inputs, 9);
    const std::size_t last = numbers.size() - 1;
    Numbers dw(static_cast<std::size_t>(s.inputs * s.outputs));
    product_weight_gradient(numbers[last - 1].data(), numbers[last].data(), dw.data(), s, threads);
    for (const float d : dw) expected += static_cast<double>(d) * d;
  }
  for (std::size_t i = 0; i < numbers.size(); i += 2) {
    const ProductSizes s{static_cast<std::int64_t>(numbers[i].size()) / 22, 48, 22};
    products.push_back({numbers[i].data(), numbers[i + 1].data(), s});
    in_bfloat16.push_back({kept[i].data(), kept[i + 1].data(), s});
  }
  EXPECT_NEAR(square_sum(products, threads), expected, 1e-5 * expected);
  EXPECT_NEAR(square_sum(in_bfloat16, threads), expected, 1e-5 * expected);
  EXPECT_EQ(square_sum(products, in_three), square_sum(products, threads));
  EXPECT_EQ(square_sum(std::vector<RowProduct<float>>{}, threads), 0);
}

TEST(AdamW, SquareBoundOfProducts) {
  const ProductSizes s{33, 50, 22};
  std::vector<Bfloat16> up = rounded(random_numbers(s.rows * s.outputs, 1)),
                        x = rounded(random_numbers(s.rows * s.inputs, 2));
  Numbers up_numbers = widened(up), x_numbers = widened(x);
  double of_up = 0, of_x = 0;
  for (const float u : up_numbers) of_up += static_cast<double>(u) * u;
  for (const float v : x_numbers) of_x += static_cast<double>(v) * v;
  const std::vector<RowProduct<float>> products{{up_numbers.data(), x_numbers.data(), s},
                                                {up_numbers.data(), x_numbers.data(), s}};
  const std::vector<RowProduct<Bfloat16>> in_bfloat16{{up.data(), x.data(), s}};
  const double bound = square_bound(products, in_two);
  EXPECT_NEAR(bound, 2 * of_up * of_x, 1e-5 * bound);
  EXPECT_NEAR(square_bound(in_bfloat16, in_three), of_up * of_x, 1e-5 * bound);
  EXPECT_GE(bound, square_sum(products, in_two));
  EXPECT_EQ(square_bound(products, in_three), bound);
  // One number is enough.
  x_numbers.back() = NAN;
  EXPECT_TRUE(std::isnan(square_bound(products, in_two)));
  up.front() = 0x7f80;  // infinity
  EXPECT_FALSE(std::isfinite(square_bound(in_bfloat16, in_two)));
}

}  // namespace
}  // namespace svgfusion::kernels
