// SPDX-License-Identifier: MIT
// Every instruction set that this processor has, against plain arithmetic: the others' tests run
// only the best one.
#include "../../src/kernels/instruction_set.h"

#include <cmath>

#include "make_numbers.h"
#include "support/support.h"

namespace svgfusion::kernels {
namespace {

struct Named {
  const char* name;
  InstructionSet set;
};

std::vector<Named> sets_of_this_processor() {
  std::vector<Named> out{{"plain", plain_set()}};
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    out.push_back({"avx2", avx2_set()});
  if (__builtin_cpu_supports("avx512f")) out.push_back({"avx512", avx512_set()});
#endif
  return out;
}

void expect_near(const Numbers& found, const Numbers& expected, const char* what) {
  for (std::size_t i = 0; i < found.size(); ++i)
    ASSERT_NEAR(found[i], expected[i], 2e-5F * (1 + std::abs(expected[i]))) << what << " " << i;
}

TEST(InstructionSets, TilesOfAnySize) {
  for (const auto& [name, set] : sets_of_this_processor()) {
    const auto columns = static_cast<std::size_t>(set.tiles.columns);
    for (const std::size_t depth : {1U, 15U, 16U, 40U}) {
      for (int rows = 1; rows <= set.tiles.rows; ++rows) {
        const auto count = static_cast<std::size_t>(rows);
        const Numbers a = random_numbers(static_cast<std::int64_t>(count * depth), 1);
        const Numbers b = random_numbers(static_cast<std::int64_t>(depth * columns), 2);
        Numbers expected(count * columns);
        for (std::size_t r = 0; r < count; ++r)
          for (std::size_t k = 0; k < depth; ++k)
            for (std::size_t c = 0; c < columns; ++c)
              expected[r * columns + c] += a[r * depth + k] * b[k * columns + c];
        Numbers found(count * columns, 1);
        TileOperands tile{a.data(),     static_cast<std::int64_t>(depth),
                          b.data(),     static_cast<std::int64_t>(depth),
                          found.data(), static_cast<std::int64_t>(columns)};
        tile.next_a = a.data();
        tile.next_c = found.data();
        set.tiles.multiply(rows, tile);
        expect_near(found, expected, name);
        tile.adds = true;
        tile.next_a = tile.next_c = nullptr;
        set.tiles.multiply(rows, tile);
        for (float& number : expected) number *= 2;
        expect_near(found, expected, name);
      }
    }
  }
}

// The plain set's loops, which the other tests' formulas hold on processors without any other, and
// each other set's, give the same.
TEST(InstructionSets, LoopsOverRows) {
  const RowLoops plain = plain_set().rows;
  for (const auto& [name, set] : sets_of_this_processor()) {
    for (const std::int64_t n : {1, 5, 16, 31, 100}) {
      const Numbers x = random_numbers(n, 1), y = random_numbers(n, 2), z = random_numbers(n, 3);
      const auto same = [&](const auto& loop) {  // loop(loops, a, b): writes two rows
        Numbers a = random_numbers(n, 4), b = random_numbers(n, 5), a_plain = a, b_plain = b;
        loop(set.rows, a.data(), b.data());
        loop(plain, a_plain.data(), b_plain.data());
        expect_near(a, a_plain, name);
        expect_near(b, b_plain, name);
      };
      same([&](const RowLoops& l, float* a, float*) { l.bias_gelu(x.data(), y.data(), a, n); });
      same([&](const RowLoops& l, float* a, float* b) {
        l.bias_gelu_gradient(x.data(), y.data(), z.data(), a, b, n);
      });
      same([&](const RowLoops& l, float* a, float* b) {
        float statistics[2];
        l.modulated_norm(x.data(), y.data(), z.data(), 1e-2F, a, statistics, n);
        Numbers dscale(static_cast<std::size_t>(n));
        l.modulated_norm_gradient(y.data(), x.data(), z.data(), statistics, b, a, dscale.data(), n);
      });
      same([&](const RowLoops& l, float* a, float*) {
        l.gated_residual(x.data(), y.data(), z.data(), a, n);
      });
      same([&](const RowLoops& l, float* a, float* b) {
        l.gated_residual_gradient(x.data(), y.data(), z.data(), a, b, n);
      });
      const Draw draw(7, 0.3);
      same([&](const RowLoops& l, float* a, float* b) {
        l.dropout(x.data(), y.data(), a, 64, n, draw);
        l.relu_dropout(x.data(), b, 64, n, draw);
      });
      same([&](const RowLoops& l, float* a, float* b) {
        l.relu_dropout_gradient(x.data(), y.data(), a, n, 1.5F);
        l.softmax(b, 0.7F, n);
        l.softmax_gradient(b, a, 0.7F, n);
        l.add(x.data(), a, n);
      });
      ASSERT_NEAR(set.rows.square_sum(x.data(), n), plain.square_sum(x.data(), n), 1e-4) << name;
    }
  }
}

}  // namespace
}  // namespace svgfusion::kernels
