// SPDX-License-Identifier: MIT
#include "svgfusion/kernels/adamw.h"

#include <cmath>
#include <numeric>

#include "gradient_rows.h"

namespace svgfusion::kernels {
namespace {

constexpr std::int64_t kRun = 1 << 14;

AdamWFactors factors_of(const AdamW& rule) {
  AdamWFactors f{};
  f.keep = static_cast<float>(1 - rule.rate * rule.weight_decay);
  f.learn1 = static_cast<float>(1 - rule.beta1);
  f.beta2 = static_cast<float>(rule.beta2);
  f.learn2 = static_cast<float>(1 - rule.beta2);
  f.step = static_cast<float>(rule.rate / (1 - std::pow(rule.beta1, rule.updates)));
  f.deviation_scale = static_cast<float>(1 / std::sqrt(1 - std::pow(rule.beta2, rule.updates)));
  f.epsilon = static_cast<float>(rule.epsilon);
  f.gradient_scale = static_cast<float>(rule.gradient_scale);
  f.forgets = static_cast<float>(rule.forgets);
  return f;
}

WeightState from(const WeightState& state, std::int64_t first) {
  return {state.values + first, state.first_moment + first, state.second_moment + first,
          state.average == nullptr ? nullptr : state.average + first,
          state.rounded == nullptr ? nullptr : state.rounded + first};
}

// Fetches the state of a block from memory while its gradient is computed.
class UpdateRows {
 public:
  UpdateRows(const ProductSizes& sizes, const WeightState& state, const AdamWFactors& factors)
      : sizes_(sizes),
        state_(state),
        factors_(factors),
        block_(scratch(3, tiles().rows * sizes.inputs)) {}

  float* begin(std::int64_t first, std::int64_t count) {
    ahead_ = first * sizes_.inputs;
    end_ = ahead_ + count * sizes_.inputs;
    return block_;
  }
  void panel() {
    const std::int64_t until =
        std::min<std::int64_t>(end_, ahead_ + tiles().rows * tiles().columns);
    for (; ahead_ < until; ahead_ += kLineCells) {
      __builtin_prefetch(state_.values + ahead_, 1, 2);
      __builtin_prefetch(state_.first_moment + ahead_, 1, 2);
      __builtin_prefetch(state_.second_moment + ahead_, 1, 2);
      if (state_.average != nullptr) __builtin_prefetch(state_.average + ahead_, 1, 2);
      if (state_.rounded != nullptr) __builtin_prefetch(state_.rounded + ahead_, 1, 2);
    }
  }
  void end(std::int64_t first, std::int64_t count) {
    best_set().rows.adamw(block_, from(state_, first * sizes_.inputs), count * sizes_.inputs,
                          factors_);
  }

 private:
  const ProductSizes& sizes_;
  const WeightState& state_;
  const AdamWFactors& factors_;
  float* block_;
  std::int64_t ahead_ = 0, end_ = 0;
};

// A tile of m m^T at a time, in buffers `use` and `use` + 1.
template <class Cell>
class Gram {
 public:
  Gram(const Cell* m, std::int64_t rows, std::int64_t depth, int use)
      : m_(m), rows_(rows), depth_(depth), tile_(scratch(use + 1, tiles().rows * tiles().columns)) {
    const std::int64_t columns = tiles().columns;
    const std::int64_t panels = parts(rows, columns);
    panels_ = scratch<Cell>(use, panels * columns * depth);
    pack_row_panels(m, rows, depth, 0, panels, panels_);
  }
  // Rows from `row` on, columns of panel p.
  const float* tile(std::int64_t row, std::int64_t p) const {
    const std::int64_t columns = tiles().columns;
    multiply_whole(std::min<std::int64_t>(tiles().rows, rows_ - row),
                   TileOperandsOf<Cell>{m_ + row * depth_, depth_, panels_ + p * columns * depth_,
                                        depth_, tile_, columns});
    return tile_;
  }

 private:
  const Cell* m_;
  std::int64_t rows_, depth_;
  float* tile_;
  Cell* panels_;
};

// Both matrices are symmetric: tiles that lie above the diagonal are left out.
template <class Cell>
double square_sum_of(const Cell* up, std::int64_t up_depth, const Cell* x, std::int64_t x_depth,
                     std::int64_t rows) {
  const TileLoops& set = tiles();
  const Gram<Cell> of_up(up, rows, up_depth, 2);
  const Gram<Cell> of_x(x, rows, x_depth, 4);
  double sum = 0;
  for (std::int64_t row = 0; row < rows; row += set.rows) {
    const std::int64_t count = std::min<std::int64_t>(set.rows, rows - row);
    for (std::int64_t first = 0; first < row + count; first += set.columns) {
      const float* a = of_up.tile(row, first / set.columns);
      const float* b = of_x.tile(row, first / set.columns);
      for (std::int64_t r = 0; r < count; ++r, a += set.columns, b += set.columns) {
        const std::int64_t diagonal = row + r - first;
        float below = 0;
        for (std::int64_t c = 0; c < std::min<std::int64_t>(diagonal, set.columns); ++c)
          below += a[c] * b[c];
        sum += 2 * static_cast<double>(below);
        if (diagonal >= 0 && diagonal < set.columns)
          sum += static_cast<double>(a[diagonal]) * static_cast<double>(b[diagonal]);
      }
    }
  }
  return sum;
}
double square_sum_of(const RowProduct<float>& p) {
  return square_sum_of(p.up, p.sizes.outputs, p.x, p.sizes.inputs, p.sizes.rows);
}
double square_sum_of(const RowProduct<Bfloat16>& p) {
  return square_sum_of(as_pairs(p.up), p.sizes.outputs / 2, as_pairs(p.x), p.sizes.inputs / 2,
                       p.sizes.rows);
}

template <class Number>
double square_sum_of(const std::vector<RowProduct<Number>>& products, const Parallel& parallel) {
  std::vector<double> sums(products.size());
  parallel(static_cast<std::int64_t>(products.size()), 1,
           [&](std::int64_t begin, std::int64_t end) {
             for (auto i = static_cast<std::size_t>(begin); i < static_cast<std::size_t>(end); ++i)
               sums[i] = square_sum_of(products[i]);
           });
  return std::accumulate(sums.begin(), sums.end(), 0.0);
}

}  // namespace

void adamw(const float* gradient, const WeightState& state, std::int64_t n, const AdamW& rule,
           const Parallel& parallel) {
  const AdamWFactors factors = factors_of(rule);
  parallel(parts(n, kRun), 1, [&](std::int64_t begin, std::int64_t end) {
    const std::int64_t first = begin * kRun;
    best_set().rows.adamw(gradient + first, from(state, first), std::min(end * kRun, n) - first,
                          factors);
  });
}

void adamw_of_product(const float* up, const float* x, const ProductSizes& sizes,
                      const WeightState& state, const AdamW& rule, const Parallel& parallel) {
  const AdamWFactors factors = factors_of(rule);
  for_gradient_rows(up, x, sizes, parallel, [&] { return UpdateRows(sizes, state, factors); });
}
void adamw_of_product(const Bfloat16* up, const Bfloat16* x, const ProductSizes& sizes,
                      const WeightState& state, const AdamW& rule, const Parallel& parallel) {
  const AdamWFactors factors = factors_of(rule);
  for_gradient_rows(up, x, sizes, parallel, [&] { return UpdateRows(sizes, state, factors); });
}

double square_sum(const std::vector<RowProduct<float>>& products, const Parallel& parallel) {
  return square_sum_of(products, parallel);
}
double square_sum(const std::vector<RowProduct<Bfloat16>>& products, const Parallel& parallel) {
  return square_sum_of(products, parallel);
}

}  // namespace svgfusion::kernels
