// SPDX-License-Identifier: MIT
#include "svgfusion/kernels/coordinates.h"

#include <cmath>

#include "make_numbers.h"
#include "support/support.h"

namespace svgfusion::kernels {
namespace {

double formula(const std::vector<double>& outputs, const std::vector<std::int64_t>& targets,
               const CoordinateHead& head) {
  double total = 0;
  const auto width = static_cast<std::size_t>(head.values + 2);
  const double smoothing = double{head.smoothing};
  for (std::size_t r = 0; r < targets.size(); ++r) {
    if (targets[r] == kNoTarget) continue;
    const double* row = outputs.data() + r * width;
    const double place =
        static_cast<double>(head.values / 2) + double{head.place_scale} * row[width - 2];
    const double deviation = double{head.start_deviation} *
                             std::exp(-std::min(double{head.most}, std::max(-2.0, row[width - 1])));
    const auto logit = [&](std::int64_t v) {
      const double d = (static_cast<double>(v) - place) / deviation;
      return row[v] - 0.5 * d * d;
    };
    double sum = 0;
    for (std::int64_t v = 0; v < head.values; ++v) sum += std::exp(logit(v));
    const std::int64_t t = targets[r];
    total +=
        std::log(sum) - (1 - smoothing) * logit(t) -
        0.5 * smoothing *
            (logit(std::max<std::int64_t>(0, t - 1)) + logit(std::min(head.values - 1, t + 1)));
  }
  return total;
}

TEST(CoordinateLoss, FinerGridsPutTheSameHeadOnTheirValues) {
  const CoordinateHead plain;
  const CoordinateHead fine = CoordinateHead::of(1024);
  EXPECT_EQ(fine.values, 1024);
  EXPECT_EQ(fine.outputs(), 1026);
  EXPECT_EQ(fine.place_scale, 4 * plain.place_scale);
  EXPECT_EQ(fine.start_deviation, 4 * plain.start_deviation);
  // The least deviation is the same part of a value.
  EXPECT_NEAR(fine.start_deviation * std::exp(-fine.most),
              plain.start_deviation * std::exp(-plain.most), 1e-5F);
  EXPECT_EQ(CoordinateHead::of(256).most, plain.most);
}

TEST(CoordinateLoss, AndItsGradientAgreeWithTheFormula) {
  for (const std::int64_t values : {5, 16, 37}) {
    for (const float smoothing : {0.0F, 0.2F}) {
      CoordinateHead head;
      head.values = values;
      head.place_scale = 3;
      head.start_deviation = 4;
      head.smoothing = smoothing;
      if (values == 37) head.most = 4.5F;
      const std::vector<std::int64_t> targets{0, values - 1, 2, kNoTarget, 3};
      Numbers outputs = random_numbers(5 * (values + 2), 1);
      outputs[static_cast<std::size_t>(values + 1)] = 5;          // clamped, above
      outputs[static_cast<std::size_t>(2 * values + 3)] = -2.5F;  // and below
      Numbers losses(5, NAN), log_sums(5, NAN), gradient(outputs.size(), NAN);
      coordinate_loss(outputs.data(), targets.data(), losses.data(), log_sums.data(), 5, head,
                      in_two);
      std::vector<double> in = in_double(outputs);
      double sum = 0;
      for (const float loss : losses) sum += double{loss};
      // The row clamped above is sharp: its loss is large.
      const double expected = formula(in, targets, head);
      EXPECT_NEAR(sum, expected, 1e-6 * std::abs(expected));
      const float up = 0.5F;
      coordinate_loss_gradient(&up, outputs.data(), targets.data(), log_sums.data(),
                               gradient.data(), 5, head, in_three);
      const auto expected_slopes = slopes(in, [&] { return 0.5 * formula(in, targets, head); });
      for (std::size_t i = 0; i < gradient.size(); ++i)
        ASSERT_NEAR(gradient[i], expected_slopes[i], 1e-4 * (1 + std::abs(expected_slopes[i])))
            << i << " of " << values;
    }
  }
}

}  // namespace
}  // namespace svgfusion::kernels
