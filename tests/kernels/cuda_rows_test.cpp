// SPDX-License-Identifier: MIT
// The CUDA kernels' source on an emulated device against their CPU twins.
#define SVGFUSION_EMULATED_CUDA
#include "../../src/kernels/cuda/rows.cu"

#include "make_numbers.h"
#include "support/support.h"
#include "svgfusion/kernels/activation.h"
#include "svgfusion/kernels/dropout.h"

namespace svgfusion::kernels {
namespace {

void expect_near(const Numbers& found, const Numbers& expected, const char* what) {
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t i = 0; i < found.size(); ++i)
    ASSERT_NEAR(found[i], expected[i], 1e-5) << what << " at " << i;
}

class Twins : public testing::TestWithParam<TokenSizes> {
 protected:
  Numbers numbers(std::int64_t count) { return random_numbers(count, seed_++); }
  static Numbers unset(std::int64_t count) { return Numbers(static_cast<std::size_t>(count), NAN); }
  std::uint64_t seed_ = 1;
};

TEST_P(Twins, ModulatedNorm) {
  const TokenSizes s = GetParam();
  const std::int64_t count = s.samples * s.tokens * s.width, stride = 2 * s.width + 3;
  const Numbers x = numbers(count), parts = numbers(s.samples * stride), up = numbers(count);
  const float* shift = parts.data();
  const float* scale = parts.data() + s.width;
  Numbers y = unset(count), y_twin = y;
  Numbers statistics = unset(2 * s.samples * s.tokens), statistics_twin = statistics;
  modulated_norm(x.data(), shift, stride, scale, stride, 1e-3F, y.data(), statistics.data(), s,
                 Stream());
  modulated_norm(x.data(), shift, stride, scale, stride, 1e-3F, y_twin.data(),
                 statistics_twin.data(), s, in_two);
  expect_near(y, y_twin, "y");
  expect_near(statistics, statistics_twin, "statistics");
  const std::int64_t shared = s.samples * s.width;
  Numbers dx = unset(count), dshift = unset(shared), dscale = unset(shared);
  Numbers dx_twin = dx, dshift_twin = dshift, dscale_twin = dscale;
  modulated_norm_gradient(up.data(), x.data(), scale, stride, statistics_twin.data(), dx.data(),
                          dshift.data(), dscale.data(), s, Stream());
  modulated_norm_gradient(up.data(), x.data(), scale, stride, statistics_twin.data(),
                          dx_twin.data(), dshift_twin.data(), dscale_twin.data(), s, in_two);
  expect_near(dx, dx_twin, "dx");
  expect_near(dshift, dshift_twin, "dshift");
  expect_near(dscale, dscale_twin, "dscale");
}

TEST_P(Twins, GatedResidual) {
  const TokenSizes s = GetParam();
  const std::int64_t count = s.samples * s.tokens * s.width, stride = s.width + 5;
  const Numbers x = numbers(count), h = numbers(count), up = numbers(count);
  const Numbers gate = numbers(s.samples * stride);
  Numbers y = unset(count), y_twin = y, dh = y, dh_twin = y;
  Numbers dgate = unset(s.samples * s.width), dgate_twin = dgate;
  gated_residual(x.data(), gate.data(), stride, h.data(), y.data(), s, Stream());
  gated_residual(x.data(), gate.data(), stride, h.data(), y_twin.data(), s, in_two);
  expect_near(y, y_twin, "y");
  gated_residual_gradient(up.data(), gate.data(), stride, h.data(), dgate.data(), dh.data(), s,
                          Stream());
  gated_residual_gradient(up.data(), gate.data(), stride, h.data(), dgate_twin.data(),
                          dh_twin.data(), s, in_two);
  expect_near(dgate, dgate_twin, "dgate");
  expect_near(dh, dh_twin, "dh");
}

TEST_P(Twins, SamplesMayShareRows) {
  TokenSizes s = GetParam();
  const std::int64_t count = s.samples * s.tokens * s.width, stride = 3 * s.width;
  const Numbers x = numbers(count), parts = numbers(2 * stride);
  std::vector<std::int64_t> rows;
  Numbers spread;  // the row of each sample
  for (std::int64_t b = 0; b < s.samples; ++b) {
    rows.push_back(b % 3 == 0 ? 1 : 0);
    const auto row = parts.begin() + rows.back() * stride;
    spread.insert(spread.end(), row, row + stride);
  }
  const auto results = [&](const auto& executor, const Numbers& from, const TokenSizes& sizes) {
    Numbers y = unset(count), z = y;
    modulated_norm(x.data(), from.data(), stride, from.data() + s.width, stride, 1e-3F, y.data(),
                   nullptr, sizes, executor);
    gated_residual(y.data(), from.data() + 2 * s.width, stride, x.data(), z.data(), sizes,
                   executor);
    return z;
  };
  const Numbers expected = results(in_two, spread, s);
  s.rows = rows.data();
  EXPECT_EQ(results(in_two, parts, s), expected);
  expect_near(results(Stream(), parts, s), expected, "on the device");
}

TEST_P(Twins, BiasGelu) {
  const TokenSizes s = GetParam();
  const std::int64_t rows = s.samples * s.tokens;
  const Numbers x = numbers(rows * s.width), bias = numbers(s.width), up = numbers(rows * s.width);
  Numbers y = unset(rows * s.width), y_twin = y, dx = y, dx_twin = y, dbias = unset(s.width);
  bias_gelu(x.data(), bias.data(), y.data(), rows, s.width, Stream());
  bias_gelu(x.data(), bias.data(), y_twin.data(), rows, s.width, in_two);
  expect_near(y, y_twin, "y");
  bias_gelu_gradient(up.data(), x.data(), bias.data(), dx.data(), nullptr, rows, s.width, Stream());
  bias_gelu_gradient(up.data(), x.data(), bias.data(), dx_twin.data(), dbias.data(), rows, s.width,
                     in_two);
  expect_near(dx, dx_twin, "dx");
}

TEST_P(Twins, Dropout) {
  const TokenSizes s = GetParam();
  const std::int64_t count = s.samples * s.tokens * s.width;
  const Numbers x = numbers(count), base = numbers(count), up = numbers(count);
  Numbers y = unset(count), y_twin = y;
  for (const double probability : {0.0, 0.2}) {
    const Draw draw(5, probability);
    dropout(x.data(), base.data(), y.data(), count, draw, Stream());
    dropout(x.data(), base.data(), y_twin.data(), count, draw, in_two);
    expect_near(y, y_twin, "with a base");
    dropout(x.data(), nullptr, y.data(), count, draw, Stream());
    dropout(x.data(), nullptr, y_twin.data(), count, draw, in_two);
    expect_near(y, y_twin, "without");
    relu_dropout(x.data(), y.data(), count, draw, Stream());
    relu_dropout(x.data(), y_twin.data(), count, draw, in_two);
    expect_near(y, y_twin, "relu");
    Numbers dx = unset(count), dx_twin = dx;
    relu_dropout_gradient(up.data(), y_twin.data(), dx.data(), count, draw, Stream());
    relu_dropout_gradient(up.data(), y_twin.data(), dx_twin.data(), count, draw, in_two);
    expect_near(dx, dx_twin, "dx of relu");
  }
  const std::uint64_t step = 0x9e3779b97f4a7c15ULL;
  Draw draw(5, 0.2);
  Draw moved = draw;
  moved.key[0] += static_cast<std::uint32_t>(step);
  moved.key[1] += static_cast<std::uint32_t>(step >> 32);
  dropout(x.data(), nullptr, y_twin.data(), count, moved, in_two);
  draw.step = &step;
  dropout(x.data(), nullptr, y.data(), count, draw, in_two);
  EXPECT_EQ(y, y_twin) << "the step's number is added to the keys";
  dropout(x.data(), nullptr, y.data(), count, draw, Stream());
  expect_near(y, y_twin, "of a step");
}

INSTANTIATE_TEST_SUITE_P(EmulatedCuda, Twins,
                         testing::Values(TokenSizes{1, 1, 1}, TokenSizes{3, 2, 70},
                                         TokenSizes{2, 3, 128}, TokenSizes{2, 1, 300}));

}  // namespace
}  // namespace svgfusion::kernels
