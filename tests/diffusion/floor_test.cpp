// SPDX-License-Identifier: MIT
#include "svgfusion/diffusion/floor.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>

#include "svgfusion/diffusion/loss.h"

namespace svgfusion::diffusion {
namespace {

Process process(const std::string& schedule, const std::string& prediction = "sample") {
  DiffusionConfig config;
  config.schedule = schedule;
  config.prediction = config.loss_weight = prediction;
  return Process(config);
}

TEST(Floor, AnalyticCases) {
  const auto isotropic = torch::ones({256}, torch::kDouble);
  EXPECT_NEAR(gaussian_floor(process("linear"), isotropic).loss, 0.7245, 1e-4);
  EXPECT_NEAR(gaussian_floor(process("cosine"), isotropic).loss, 0.504, 1e-3);
  EXPECT_NEAR(gaussian_floor(process("linear", "noise"), isotropic).loss, 0.2755, 1e-4);
  // Effective ranks 64 and 16 of 256 at unit mean variance.
  for (const auto& [rank, expected] : {std::pair(64, 0.605), std::pair(16, 0.483)}) {
    auto variances = torch::zeros({256}, torch::kDouble);
    variances.narrow(0, 0, rank).fill_(256.0 / rank);
    EXPECT_NEAR(gaussian_floor(process("linear"), variances).loss, expected, 2e-3) << rank;
  }
}

TEST(Floor, BucketsAreOfTime) {
  const Process linear = process("linear");
  const auto t = torch::tensor({0, 99, 100, 999}, torch::kLong);
  EXPECT_TRUE(time_buckets(linear, t).equal(torch::tensor({0, 0, 1, 9}, torch::kLong)));
  const auto path_t = torch::tensor({1.0F, 0.95F, 0.05F, 0.0F});
  EXPECT_TRUE(
      time_buckets(process("path"), path_t).equal(torch::tensor({0, 0, 9, 9}, torch::kLong)));
  const Floor floor = gaussian_floor(linear, torch::ones({4}, torch::kDouble));
  ASSERT_EQ(floor.bucket_x0.size(), 10U);
  for (std::size_t b = 1; b < 10; ++b) EXPECT_GT(floor.bucket_x0[b], floor.bucket_x0[b - 1]);
}

TEST(Floor, SpectrumIsOfTheCovariance) {
  at::manual_seed(1);
  const auto x = torch::randn({4000, 1, 3}, torch::kDouble) * torch::tensor({3.0, 1.0, 0.0}) + 5;
  const auto variances = covariance_spectrum(x);
  EXPECT_NEAR(variances[0].item<double>(), 0, 1e-9);
  EXPECT_NEAR(variances[1].item<double>(), 1, 0.1);
  EXPECT_NEAR(variances[2].item<double>(), 9, 0.6);
}

// Every loss that training can measure, of the best linear denoiser, against the formula.
TEST(Floor, IsWhatTheOptimalDenoiserScores) {
  at::manual_seed(2);
  const auto variances = torch::tensor({0.1, 0.5, 1.0, 2.4}, torch::kDouble);
  for (const char* schedule : {"linear", "cosine", "path"}) {
    for (const char* weight : {"sample", "noise", "velocity"}) {
      DiffusionConfig config;
      config.schedule = schedule;
      config.loss_weight = weight;
      const Process p(config);
      constexpr std::int64_t kCount = 200000;
      const auto x0 = torch::randn({kCount, 1, 4}) * variances.sqrt().to(torch::kFloat);
      const auto t = p.draw_timesteps(kCount, torch::kCPU);
      const Levels l = p.levels(t);
      const auto v = variances.to(torch::kFloat).view({1, 1, 4});
      const Denoise best = [&](const torch::Tensor& x, const torch::Tensor&) {
        return Output{l.signal * v * x / (l.signal.square() * v + l.noise.square()), {}};
      };
      const double found =
          denoising_loss(p, best, x0, torch::randn_like(x0), t).total.item<double>();
      const double expected = gaussian_floor(p, variances, kCount).loss;
      EXPECT_NEAR(found, expected, 0.03 * expected) << schedule << " " << weight;
    }
  }
}

TEST(Floor, PosteriorOfKnownPoints) {
  const auto data = torch::tensor({{1.0, 0.0}, {-1.0, 0.0}, {0.0, 5.0}}, torch::kDouble);
  const Levels half{torch::full({1, 1}, 0.8, torch::kDouble),
                    torch::full({1, 1}, 0.6, torch::kDouble)};
  const auto prior = torch::tensor({{1.0, 1.0, 0.0}}, torch::kDouble);
  // Between two equally likely points at equal distance: their mean; the third is ruled out.
  const auto middle =
      posterior_mean(torch::tensor({{0.0, 3.0}}, torch::kDouble), half, data, prior);
  EXPECT_NEAR(middle.abs().sum().item<double>(), 0, 1e-12);
  const auto near = posterior_mean(torch::tensor({{0.3, 0.0}}, torch::kDouble), half, data, prior);
  EXPECT_NEAR(near[0][0].item<double>(), std::tanh(0.3 * 0.8 / 0.36), 1e-12);
}

TEST(Floor, OfOnePointIsNothingAndOfManyNearsTheGaussian) {
  at::manual_seed(3);
  const Process linear = process("linear");
  const auto one = torch::randn({1, 1, 8});
  EXPECT_NEAR(empirical_floor(linear, one, torch::zeros({1}, torch::kLong), 0, 1000).loss, 0,
              1e-12);
  const auto many = torch::randn({4000, 1, 2});
  const auto labels = torch::zeros({4000}, torch::kLong);
  const Floor empirical = empirical_floor(linear, many, labels, 0, 20000);
  const double gaussian = gaussian_floor(linear, covariance_spectrum(many)).loss;
  EXPECT_GT(empirical.loss_error, 0);
  EXPECT_NEAR(empirical.loss, gaussian, 4 * empirical.loss_error + 0.01);
  // Labels tell more: the floor of four classes, each a point of its own, is lower with the label.
  const auto four = torch::randn({4, 1, 64});
  const auto own = torch::arange(4, torch::kLong);
  EXPECT_NEAR(empirical_floor(linear, four, own, 0, 4000).loss, 0, 1e-9);
  EXPECT_GT(empirical_floor(linear, four, own, 1, 4000).loss, 0.1);
}

}  // namespace
}  // namespace svgfusion::diffusion
