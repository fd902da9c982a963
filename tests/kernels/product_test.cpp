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

TEST(Product, AllThreeAgreeWithThePlainSumsAtEverySize) {
  const std::int64_t sizes[] = {1, 2, 5, 6, 7, 13, 16, 17, 31, 32, 33, 100};
  std::uint64_t seed = 1;
  for (const std::int64_t rows : sizes) {
    for (const std::int64_t inputs : {1, 15, 16, 33, 48}) {
      for (const std::int64_t outputs : {1, 6, 11, 12, 25, 40}) {
        const ProductSizes s{rows, inputs, outputs};
        const Numbers x = random_numbers(rows * inputs, seed++);
        const Numbers w = random_numbers(outputs * inputs, seed++);
        const Numbers bias = random_numbers(outputs, seed++);
        const Numbers up = random_numbers(rows * outputs, seed++);
        const auto at = [](const Numbers& m, std::int64_t row, std::int64_t column,
                           std::int64_t width) {
          return static_cast<double>(m[static_cast<std::size_t>(row * width + column)]);
        };
        std::vector<double> y, dx(x.size()), dw(w.size());
        for (std::int64_t r = 0; r < rows; ++r) {
          for (std::int64_t o = 0; o < outputs; ++o) {
            double sum = bias[static_cast<std::size_t>(o)];
            for (std::int64_t i = 0; i < inputs; ++i) {
              sum += at(x, r, i, inputs) * at(w, o, i, inputs);
              dx[static_cast<std::size_t>(r * inputs + i)] +=
                  at(up, r, o, outputs) * at(w, o, i, inputs);
              dw[static_cast<std::size_t>(o * inputs + i)] +=
                  at(up, r, o, outputs) * at(x, r, i, inputs);
            }
            y.push_back(sum);
          }
        }
        Numbers found(y.size(), NAN), again(y.size(), NAN);
        product(x.data(), w.data(), bias.data(), found.data(), s, in_two);
        expect_near(found, y, inputs, "y", s);
        product(x.data(), w.data(), bias.data(), again.data(), s, in_three);
        EXPECT_EQ(found, again);
        Numbers found_dx(x.size(), NAN), found_dw(w.size(), NAN);
        product_input_gradient(up.data(), w.data(), found_dx.data(), s, in_two);
        expect_near(found_dx, dx, outputs, "dx", s);
        product_weight_gradient(up.data(), x.data(), found_dw.data(), s, in_three);
        expect_near(found_dw, dw, rows, "dw", s);
      }
    }
  }
}

TEST(Product, WithoutBias) {
  const Numbers x{1, 2, 3, 4}, w{1, 0, 0, 1, 1, 1};
  Numbers y(6);
  product(x.data(), w.data(), nullptr, y.data(), {2, 2, 3}, in_two);
  EXPECT_EQ(y, (Numbers{1, 2, 3, 3, 4, 7}));
}

}  // namespace
}  // namespace svgfusion::kernels
