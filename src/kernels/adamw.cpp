// SPDX-License-Identifier: MIT
#include "svgfusion/kernels/adamw.h"

#include <cmath>
#include <numeric>
#include <vector>

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

// Fetches the state of a block from memory while its gradient is computed.
class UpdateRows {
 public:
  // `squares`: the sum of each block of tiles().rows rows.
  UpdateRows(const ProductSizes& sizes, const WeightState& state, const AdamWFactors& factors,
             double* squares)
      : sizes_(sizes),
        state_(state),
        factors_(factors),
        squares_(squares),
        block_(scratch(3, tiles().rows * sizes.inputs)) {}

  float* begin(std::int64_t first, std::int64_t count) {
    ahead_ = first * sizes_.inputs;
    end_ = ahead_ + count * sizes_.inputs;
    return block_;
  }
  const Ahead* panel() {
    fetch_ = {};
    const std::int64_t count =
        std::min(end_ - ahead_, std::int64_t{tiles().rows} * tiles().columns);
    fetch_.lines = static_cast<int>(parts(count, kLineCells));
    const auto add = [&](const auto* from) {
      if (from != nullptr)
        fetch_.runs[fetch_.count++] = {reinterpret_cast<const char*>(from + ahead_),
                                       kLineCells * static_cast<int>(sizeof *from)};
    };
    add(state_.values);
    add(state_.first_moment);
    add(state_.second_moment);
    add(state_.average);
    add(state_.rounded);
    ahead_ += count;
    return &fetch_;
  }
  void end(std::int64_t first, std::int64_t count) {
    squares_[first / tiles().rows] = best_set().rows.adamw(
        block_, state_.from(first * sizes_.inputs), count * sizes_.inputs, factors_);
  }

 private:
  const ProductSizes& sizes_;
  const WeightState& state_;
  const AdamWFactors& factors_;
  double* squares_;
  float* block_;
  std::int64_t ahead_ = 0, end_ = 0;
  Ahead fetch_;
};

template <class Number>
double update(const Number* up, const Number* x, const ProductSizes& sizes,
              const WeightState& state, const AdamW& rule, const Parallel& parallel) {
  const AdamWFactors factors = factors_of(rule);
  std::vector<double> squares(static_cast<std::size_t>(parts(sizes.outputs, tiles().rows)));
  for_gradient_rows(up, x, sizes, parallel,
                    [&] { return UpdateRows(sizes, state, factors, squares.data()); });
  return std::accumulate(squares.begin(), squares.end(), 0.0);
}

}  // namespace

double adamw(const float* gradient, const WeightState& state, std::int64_t n, const AdamW& rule,
             const Parallel& parallel) {
  const AdamWFactors factors = factors_of(rule);
  std::vector<double> squares(static_cast<std::size_t>(parts(n, kRun)));
  parallel(parts(n, kRun), 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t r = begin; r < end; ++r) {
      const std::int64_t first = r * kRun;
      squares[static_cast<std::size_t>(r)] = best_set().rows.adamw(
          gradient + first, state.from(first), std::min(kRun, n - first), factors);
    }
  });
  return std::accumulate(squares.begin(), squares.end(), 0.0);
}

double adamw_of_product(const float* up, const float* x, const ProductSizes& sizes,
                        const WeightState& state, const AdamW& rule, const Parallel& parallel) {
  return update(up, x, sizes, state, rule, parallel);
}
double adamw_of_product(const Bfloat16* up, const Bfloat16* x, const ProductSizes& sizes,
                        const WeightState& state, const AdamW& rule, const Parallel& parallel) {
  return update(up, x, sizes, state, rule, parallel);
}

}  // namespace svgfusion::kernels
