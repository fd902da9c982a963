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
  if (__builtin_cpu_supports("avx512bf16")) out.push_back({"avx512_bf16", avx512_bf16_set()});
#endif
  return out;
}

void expect_near(const Numbers& found, const Numbers& expected, const char* what) {
  for (std::size_t i = 0; i < found.size(); ++i)
    ASSERT_NEAR(found[i], expected[i], 2e-5F * (1 + std::abs(expected[i]))) << what << " " << i;
}

// Cells are floats, or pairs that hold numbers of bfloat16.
std::vector<float> numbers_of(const std::vector<float>& cells) { return cells; }
std::vector<float> numbers_of(const std::vector<Pair>& cells) {
  std::vector<Bfloat16> halves;
  for (const Pair cell : cells) {
    halves.push_back(static_cast<Bfloat16>(cell & 0xffffU));
    halves.push_back(static_cast<Bfloat16>(cell >> 16));
  }
  return widened(halves);
}
template <class Cell>
std::vector<Cell> random_cells(std::size_t count, std::uint64_t seed) {
  if constexpr (std::is_same_v<Cell, float>) {
    return random_numbers(static_cast<std::int64_t>(count), seed);
  } else {
    const auto halves = rounded(random_numbers(static_cast<std::int64_t>(2 * count), seed));
    std::vector<Pair> out;
    for (std::size_t i = 0; i < count; ++i)
      out.push_back(halves[2 * i] | static_cast<Pair>(halves[2 * i + 1]) << 16);
    return out;
  }
}

void call(const TileLoops& set, int rows, const TileOperands& t) { set.multiply(rows, t); }
void call(const TileLoops& set, int rows, const PairTileOperands& t) {
  set.multiply_pairs(rows, t);
}

template <class Cell>
void check_tiles(const char* name, const TileLoops& set) {
  constexpr auto kEach = static_cast<std::size_t>(TileOperandsOf<Cell>::kRowsEach);
  const auto columns = static_cast<std::size_t>(set.columns);
  for (const std::size_t depth : {1U, 15U, 16U, 40U}) {
    for (int rows = 1; rows <= set.rows; ++rows) {
      const auto count = static_cast<std::size_t>(rows);
      const std::vector<Cell> a = random_cells<Cell>(count * depth, 1);
      std::vector<Cell> b = random_cells<Cell>(depth * columns, 2);
      const Numbers a_numbers = numbers_of(a), b_numbers = numbers_of(b);
      Numbers expected(count * columns);
      for (std::size_t r = 0; r < count; ++r)
        for (std::size_t k = 0; k < depth * kEach; ++k)
          for (std::size_t c = 0; c < columns; ++c)
            expected[r * columns + c] += a_numbers[r * depth * kEach + k] *
                                         b_numbers[(k / kEach * columns + c) * kEach + k % kEach];
      Numbers found(count * columns, 1);
      TileOperandsOf<Cell> tile{a.data(),     static_cast<std::int64_t>(depth),
                                b.data(),     static_cast<std::int64_t>(depth),
                                found.data(), static_cast<std::int64_t>(columns)};
      tile.next_a = a.data();
      tile.next_c = found.data();
      call(set, rows, tile);
      expect_near(found, expected, name);
      // The same by columns of a, b's numbers where they lie in a wider matrix, and added.
      std::vector<Cell> turned;
      for (std::size_t k = 0; k < depth; ++k)
        for (std::size_t r = 0; r < count; ++r) turned.push_back(a[r * depth + k]);
      using Number = typename TileOperandsOf<Cell>::Number;
      const std::size_t stride = columns + 3;
      std::vector<Number> wide((depth * kEach) * stride);
      for (std::size_t k = 0; k < depth * kEach; ++k) {
        for (std::size_t c = 0; c < columns; ++c) {
          const Cell cell = b[k / kEach * columns + c];
          if constexpr (kEach == 1) wide[k * stride + c] = cell;
          if constexpr (kEach == 2)
            wide[k * stride + c] = static_cast<Number>(cell >> (16 * (k % 2)));
        }
      }
      const std::vector<Cell> b_before = b;
      std::fill(b.begin(), b.end(), Cell{});
      tile.a = turned.data();
      tile.a_stride = 1;
      tile.a_step = rows;
      tile.from = wide.data();
      tile.from_stride = static_cast<std::int64_t>(stride);
      tile.copies = b.data();
      tile.adds = true;
      tile.next_a = nullptr;
      tile.next_c = nullptr;
      call(set, rows, tile);
      for (float& number : expected) number *= 2;
      expect_near(found, expected, name);
      EXPECT_EQ(b, b_before);
      // And a bias, with memory to fetch: of it only that nothing else changes.
      const Numbers bias = random_numbers(static_cast<std::int64_t>(columns), 3);
      Ahead ahead;
      for (const char* run : {reinterpret_cast<const char*>(a.data()), name})
        ahead.runs[ahead.count++] = {run, 64};
      ahead.lines = 7;
      tile.from = nullptr;
      tile.copies = nullptr;
      tile.bias = bias.data();
      tile.ahead = &ahead;
      call(set, rows, tile);
      for (std::size_t i = 0; i < expected.size(); ++i)
        expected[i] = expected[i] * 1.5F + bias[i % columns];
      expect_near(found, expected, name);
    }
  }
}

TEST(InstructionSets, TilesOfAnySize) {
  for (const auto& [name, set] : sets_of_this_processor()) {
    check_tiles<float>(name, set.tiles);
    check_tiles<Pair>(name, set.tiles);
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
      std::vector<double> squares;
      same([&](const RowLoops& l, float* a, float* b) {
        AdamWFactors factors{0.9F, 0.1F, 0.95F, 0.05F, 0.01F, 1.5F, 1e-3F, 0.5F, 0.2F};
        Numbers first = random_numbers(n, 6);
        Numbers second(first.size(), 0.5F);
        squares.push_back(l.adamw(x.data(), {a, first.data(), second.data(), b}, n, factors));
        l.add(second.data(), b, n);
      });
      const double square_sum = plain.square_sum(x.data(), n);
      for (const double of_set : squares) EXPECT_NEAR(of_set, 0.25 * square_sum, 1e-4) << name;
      std::vector<Bfloat16> halves(x.size());
      std::vector<Pair> pairs(x.size());
      set.rows.round(x.data(), halves.data(), n);
      EXPECT_EQ(halves, rounded(x)) << name;
      Numbers wide(x.size());
      set.rows.widen(halves.data(), nullptr, wide.data(), n);
      EXPECT_EQ(wide, widened(halves)) << name;
      set.rows.pair_rows(halves.data(), nullptr, pairs.data(), n);
      for (std::size_t i = 0; i < pairs.size(); ++i) ASSERT_EQ(pairs[i], halves[i]) << name;
      set.rows.pair_rows(halves.data(), rounded(y).data(), pairs.data(), n);
      for (std::size_t i = 0; i < pairs.size(); ++i)
        ASSERT_EQ(pairs[i], halves[i] | static_cast<Pair>(rounded(y)[i]) << 16) << name;
      ASSERT_NEAR(set.rows.square_sum(x.data(), n), square_sum, 1e-4) << name;
      ASSERT_NEAR(set.rows.rounded_square_sum(halves.data(), n), plain.square_sum(wide.data(), n),
                  1e-4)
          << name;
    }
  }
}

template <class Cell, class Multiply>
void expect_dots(const char* name, int height, Multiply multiply) {
  constexpr std::size_t kMost = kMostDotRows + kDotColumns;
  for (const std::size_t depth : {1U, 4U, 15U, 16U, 40U}) {
    std::vector<std::vector<Cell>> rows;
    const Cell* pointers[kMost];
    for (std::size_t i = 0; i < kMost; ++i) rows.push_back(random_cells<Cell>(depth, i));
    for (std::size_t i = 0; i < kMost; ++i) pointers[i] = rows[i].data();
    float found[kMostDotRows * kDotColumns];
    multiply(pointers, pointers + height, static_cast<std::int64_t>(depth), found);
    for (int r = 0; r < height; ++r) {
      for (int c = 0; c < kDotColumns; ++c) {
        const Numbers a = numbers_of(rows[static_cast<std::size_t>(r)]);
        const Numbers b = numbers_of(rows[static_cast<std::size_t>(height + c)]);
        double expected = 0;
        for (std::size_t k = 0; k < a.size(); ++k) expected += static_cast<double>(a[k]) * b[k];
        ASSERT_NEAR(found[r * kDotColumns + c], expected, 1e-4) << name << " " << depth;
      }
    }
  }
}

TEST(InstructionSets, DotsOfRows) {
  for (const auto& [name, set] : sets_of_this_processor()) {
    ASSERT_LE(set.dots.rows, kMostDotRows) << name;
    expect_dots<float>(name, set.dots.rows, set.dots.multiply);
    expect_dots<Pair>(name, set.dots.rows, set.dots.multiply_pairs);
  }
}

}  // namespace
}  // namespace svgfusion::kernels
