// SPDX-License-Identifier: MIT
// Attention against its formula in double, its gradient against central differences of that.
#include "svgfusion/kernels/attention.h"

#include <cmath>
#include <numeric>

#include "make_numbers.h"
#include "support/support.h"

namespace svgfusion::kernels {
namespace {

using Doubles = std::vector<double>;

Doubles formula(const Doubles& qkv, const AttentionSizes& s) {
  const std::int64_t width = s.heads * s.head_width;
  Doubles out(qkv.size() / 3);
  for (std::int64_t g = 0; g < s.groups; ++g) {
    const std::int64_t begin = s.offsets[g], length = s.offsets[g + 1] - begin;
    for (std::int64_t h = 0; h < s.heads; ++h) {
      const auto at = [&](std::int64_t row, std::int64_t which, std::int64_t d) {
        return qkv[static_cast<std::size_t>((begin + row) * 3 * width + which * width +
                                            h * s.head_width + d)];
      };
      for (std::int64_t i = 0; i < length; ++i) {
        const std::int64_t first = ((begin + i) * s.heads + h) * ((s.longest + 31) / 32 * 32);
        const std::int64_t seen = s.is_causal ? i + 1 : length;
        Doubles weights;
        for (std::int64_t j = 0; j < seen; ++j) {
          double score = 0;
          for (std::int64_t d = 0; d < s.head_width; ++d) score += at(i, 0, d) * at(j, 1, d);
          weights.push_back(std::exp(score / std::sqrt(static_cast<double>(s.head_width))));
        }
        const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
        for (std::int64_t j = 0; j < seen; ++j) {
          const double weight = weights[static_cast<std::size_t>(j)] / sum *
                                double{dropout_factor(s.draw, first + j)};
          for (std::int64_t d = 0; d < s.head_width; ++d)
            out[static_cast<std::size_t>((begin + i) * width + h * s.head_width + d)] +=
                weight * at(j, 2, d);
        }
      }
    }
  }
  return out;
}

void expect_near(const Numbers& found, const Doubles& expected, double tolerance) {
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t i = 0; i < found.size(); ++i)
    ASSERT_NEAR(found[i], expected[i], tolerance) << "at " << i;
}

TEST(Attention, AndItsGradientAgreeWithTheFormula) {
  const std::vector<std::int64_t> offsets{0, 1, 4, 9, 26};  // lengths 1, 3, 5, 17
  for (const std::int64_t heads : {1, 2}) {
    for (const std::int64_t head_width : {4, 16, 21}) {
      for (const bool is_causal : {false, true}) {
        for (const double probability : {0.0, 0.25}) {
          const AttentionSizes sizes{offsets.data(),       4, 17, heads, head_width, is_causal,
                                     Draw(77, probability)};
          const std::int64_t width = heads * head_width;
          const Numbers qkv = random_numbers(26 * 3 * width, 1);
          const Numbers up = random_numbers(26 * width, 2);
          Numbers out(up.size(), NAN), again = out, dqkv(qkv.size(), NAN);
          attention(qkv.data(), out.data(), sizes, in_two);
          Doubles in = in_double(qkv);
          expect_near(out, formula(in, sizes), 5e-6);
          attention(qkv.data(), again.data(), sizes, in_three);
          EXPECT_EQ(out, again);
          attention_gradient(up.data(), qkv.data(), dqkv.data(), sizes, in_three);
          const auto value = [&] {
            const Doubles y = formula(in, sizes);
            return std::inner_product(up.begin(), up.end(), y.begin(), 0.0);
          };
          expect_near(dqkv, slopes(in, value), 5e-5);
        }
      }
    }
  }
}

TEST(Attention, OfLongGroups) {
  const std::vector<std::int64_t> offsets{0, 50, 150};
  const AttentionSizes sizes{offsets.data(), 2, 100, 2, 32, false, {}};
  const Numbers qkv = random_numbers(150 * 3 * 64, 3);
  Numbers out(150 * 64, NAN);
  attention(qkv.data(), out.data(), sizes, in_two);
  expect_near(out, formula(in_double(qkv), sizes), 5e-6);
}

TEST(Attention, KeepsWhatIsNoNumber) {
  const std::vector<std::int64_t> offsets{0, 2};
  Numbers qkv = random_numbers(2 * 3 * 8, 3);
  qkv[9] = NAN;  // a key
  Numbers out(2 * 8, 0);
  attention(qkv.data(), out.data(), {offsets.data(), 1, 2, 1, 8, false, {}}, in_two);
  for (const float number : out) EXPECT_TRUE(std::isnan(number));
}

}  // namespace
}  // namespace svgfusion::kernels
