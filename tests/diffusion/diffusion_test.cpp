// SPDX-License-Identifier: MIT
#include <ATen/ATen.h>

#include <cmath>
#include <numeric>

#include "support/support.h"
#include "svgfusion/base/error.h"
#include "svgfusion/diffusion/posterior.h"
#include "svgfusion/diffusion/sampler.h"

namespace svgfusion::diffusion {
namespace {

DiffusionConfig config_of(const std::string& schedule, const std::string& prediction = "sample") {
  DiffusionConfig config;
  config.schedule = schedule;
  config.prediction = prediction;
  config.loss_weight = prediction;
  return config;
}

const char* const kSchedules[] = {"linear", "scaled_linear", "cosine",
                                  "ramp",   "raised_cosine", "path"};
const char* const kPredictions[] = {"noise", "sample", "velocity", "score"};

TEST(Process, KnownAlphaBars) {
  const std::vector<double> linear = make_alpha_bars(config_of("linear"));
  EXPECT_NEAR(linear[0], 0.9999, 1e-12);
  EXPECT_NEAR(linear[259], 0.5, 3e-3);
  EXPECT_NEAR(linear[475], 0.1, 1e-3);
  EXPECT_NEAR(linear[999], 4.0358e-5, 1e-8);
  const auto mean_noise = [](const std::vector<double>& bars) {
    return 1 - std::accumulate(bars.begin(), bars.end(), 0.0) / static_cast<double>(bars.size());
  };
  EXPECT_NEAR(mean_noise(linear), 0.7245, 1e-4);  // the isotropic floor of the x0 loss
  EXPECT_NEAR(mean_noise(make_alpha_bars(config_of("cosine"))), 0.504, 1e-3);
}

TEST(Process, SpacedTimesteps) {
  EXPECT_EQ(space_timesteps(1000, 1), (std::vector<std::int64_t>{999}));
  EXPECT_EQ(space_timesteps(1000, 2), (std::vector<std::int64_t>{0, 999}));
  EXPECT_EQ(space_timesteps(1000, 10),
            (std::vector<std::int64_t>{0, 111, 222, 333, 444, 555, 666, 777, 888, 999}));
  EXPECT_EQ(space_timesteps(5, 5), (std::vector<std::int64_t>{0, 1, 2, 3, 4}));
  EXPECT_ANY_THROW(space_timesteps(5, 6));
}

TEST(Process, SchedulesOfThePost) {
  // beta = t / T and beta = (1 - cos(pi t / T)) / 2 for t = 1 … T, by their first products.
  const std::vector<double> ramp = make_alpha_bars(config_of("ramp"));
  EXPECT_NEAR(ramp[0], 0.999, 1e-12);
  EXPECT_NEAR(ramp[1], 0.999 * 0.998, 1e-12);
  EXPECT_GT(ramp[999], 0);  // though the product of the formula is 1e-434
  const std::vector<double> raised = make_alpha_bars(config_of("raised_cosine"));
  EXPECT_NEAR(1 - raised[99] / raised[98], 0.5 * (1 - std::cos(0.1 * std::acos(-1.0))), 1e-9);
  // Stable Diffusion's: linear in the square root.
  const std::vector<double> scaled = make_alpha_bars(config_of("scaled_linear"));
  EXPECT_NEAR(1 - scaled[0], 1e-4, 1e-12);
  EXPECT_NEAR(1 - scaled[999] / scaled[998], 0.02, 1e-12);
  const double middle = 0.5 * (std::sqrt(1e-4) + std::sqrt(0.02));
  EXPECT_NEAR(1 - scaled[500] / scaled[499], middle * middle, 2e-5);
  for (const char* schedule : kSchedules) {
    const std::string table = schedule_table(Process(config_of(schedule)));
    EXPECT_EQ(std::count(table.begin(), table.end(), '\n'),
              std::string(schedule) == "path" ? 102 : 1001);
  }
}

TEST(Process, SpacingAsText) {
  EXPECT_EQ(space_timesteps(1000, "10"), space_timesteps(1000, 10));
  EXPECT_EQ(space_timesteps(10, "ddim5"), (std::vector<std::int64_t>{0, 2, 4, 6, 8}));
  EXPECT_EQ(space_timesteps(10, "2,3"), (std::vector<std::int64_t>{0, 4, 5, 7, 9}));
  EXPECT_THROW(space_timesteps(10, "ddim7"), base::UsageError);
  EXPECT_THROW(space_timesteps(10, "6,6"), base::UsageError);
  EXPECT_THROW(space_timesteps(10, "many"), base::UsageError);
  const auto stops = Process(config_of("linear")).stops(3, "ddim50");
  ASSERT_EQ(stops.size(), 51U);
  EXPECT_EQ(stops.front().timestep, 980);
}

TEST(Process, StopsGoFromNoiseToData) {
  for (const char* schedule : kSchedules) {
    const auto stops = Process(config_of(schedule)).stops(20);
    ASSERT_EQ(stops.size(), 21U);
    EXPECT_GT(stops.front().level.noise, 0.99);
    EXPECT_EQ(stops.back().level.noise, 0);
    EXPECT_EQ(stops.back().level.signal, 1);
    for (std::size_t i = 0; i + 1 < stops.size(); ++i)
      EXPECT_LE(stops[i].level.signal, stops[i + 1].level.signal) << schedule;
  }
}

// For every schedule and prediction: the exact target leads back to data and noise.
TEST(Process, TargetsInvert) {
  at::manual_seed(4);
  for (const char* schedule : kSchedules) {
    for (const char* name : kPredictions) {
      const Process process(config_of(schedule, name));
      const bool is_path = !process.is_discrete();
      const Prediction prediction = prediction_from(name);
      const auto t = is_path ? torch::tensor({0.1F, 0.5F, 0.9F}) : torch::tensor({10, 60, 120});
      const Levels levels = process.levels(t);
      const auto x0 = torch::randn({3, 2, 4});
      const auto noise = torch::randn({3, 2, 4});
      const auto x_t = add_noise(x0, noise, levels);
      const auto target = training_target(prediction, is_path, x0, noise, levels);
      EXPECT_TRUE(
          at::allclose(estimate_x0(prediction, is_path, x_t, target, levels), x0, 1e-3, 1e-3))
          << schedule << name;
      for (std::int64_t i = 0; i < 3; ++i) {
        const Level level{levels.signal[i].item<double>(), levels.noise[i].item<double>()};
        const Estimate e = estimate(prediction, is_path, x_t[i], target[i], level);
        EXPECT_TRUE(at::allclose(e.x0, x0[i], 1e-3, 1e-3)) << schedule << name;
        EXPECT_TRUE(at::allclose(e.noise, noise[i], 1e-3, 1e-3)) << schedule << name;
      }
    }
  }
}

// The weights between spaces: measuring the error in one space directly, or as weighted x0 error.
TEST(Loss, WeightsAgreeWithTheDirectError) {
  at::manual_seed(5);
  for (const char* schedule : kSchedules) {
    for (const char* space : kPredictions) {
      DiffusionConfig config = config_of(schedule, "sample");
      config.loss_weight = space;
      config.min_noise = 1e-6;
      const Process process(config);
      const bool is_path = !process.is_discrete();
      const auto t = is_path ? torch::full({64}, 0.4F) : torch::full({64}, 60, torch::kLong);
      const Levels levels = process.levels(t);
      const auto x0 = torch::randn({64, 1, 8});
      const auto noise = torch::randn({64, 1, 8});
      const auto guess = x0 + 0.1 * torch::randn_like(x0);
      const auto x_t = add_noise(x0, noise, levels);
      const auto implied_noise = (x_t - levels.signal * guess) / levels.noise;
      const auto error =
          (training_target(prediction_from(space), is_path, x0, noise, levels) -
           training_target(prediction_from(space), is_path, guess, implied_noise, levels))
              .square()
              .mean();
      const LossTerms terms = denoising_loss(
          process,
          [&](const auto&, const auto&) {
            return Output{guess, {}};
          },
          x0, noise, t);
      EXPECT_NEAR(terms.total.item<double>() / error.item<double>(), 1, 1e-3) << schedule << space;
    }
  }
}

TEST(Loss, APerfectDenoiserCostsNothing) {
  at::manual_seed(6);
  for (const char* schedule : kSchedules) {
    for (const char* name : kPredictions) {
      for (const char* space : kPredictions) {
        DiffusionConfig config = config_of(schedule, name);
        config.loss_weight = space;
        const Process process(config);
        const auto x0 = torch::randn({32, 1, 8}), noise = torch::randn({32, 1, 8});
        const auto t =
            process.is_discrete() ? torch::randint(5, 100, {32}) : torch::rand({32}) * 0.8 + 0.1;
        const auto target = training_target(prediction_from(name), !process.is_discrete(), x0,
                                            noise, process.levels(t));
        const LossTerms terms = denoising_loss(
            process,
            [&](const auto&, const auto&) {
              return Output{target, {}};
            },
            x0, noise, t);
        EXPECT_NEAR(terms.total.item<double>(), 0, 1e-4) << schedule << name << space;
      }
    }
  }
}

// The bound's gradient with respect to the variance against finite differences, in double.
TEST(Loss, BoundGradientMatchesFiniteDifferences) {
  at::manual_seed(7);
  DiffusionConfig config = config_of("linear");
  config.variance = "learned_range";
  const Process process(config);
  const auto options = torch::TensorOptions().dtype(torch::kDouble);
  const auto x0 = torch::randn({4, 1, 3}, options), x_t = torch::randn({4, 1, 3}, options),
             guess = torch::randn({4, 1, 3}, options);
  const auto t = torch::tensor({0, 1, 500, 999});
  auto v = (torch::randn({4, 1, 3}, options) * 0.3).requires_grad_();
  variational_bound(process, x0, x_t, t, guess, v).sum().backward();
  const auto analytic = v.grad().clone();
  const torch::NoGradGuard no_grad;
  constexpr double kStep = 1e-5;
  for (std::int64_t i = 0; i < v.numel(); ++i) {
    const auto at_offset = [&](double offset) {
      auto moved = v.detach().clone();
      moved.view(-1)[i] += offset;
      return variational_bound(process, x0, x_t, t, guess, moved).sum().item<double>();
    };
    const double numeric = (at_offset(kStep) - at_offset(-kStep)) / (2 * kStep);
    EXPECT_NEAR(analytic.view(-1)[i].item<double>(), numeric,
                1e-4 * std::max(1.0, std::abs(numeric)))
        << i;
  }
}

TEST(Posterior, IsTheProductOfTheSteps) {
  // Two single steps and one double step must agree: E[x_{t-2} | x_t, x0] by chaining.
  const std::vector<double> bars = make_alpha_bars(config_of("linear"));
  const auto scalar = [](double v) { return torch::scalar_tensor(v, torch::kDouble); };
  const auto at = [&](int t, int s) {
    return posterior(scalar(bars[static_cast<std::size_t>(t)]),
                     scalar(bars[static_cast<std::size_t>(s)]), scalar(0));
  };
  const Posterior first = at(500, 499), second = at(499, 498), both = at(500, 498);
  const double x0 = (second.x0_factor + second.x_t_factor * first.x0_factor).item<double>();
  const double x_t = (second.x_t_factor * first.x_t_factor).item<double>();
  EXPECT_NEAR(x0, both.x0_factor.item<double>(), 1e-12);
  EXPECT_NEAR(x_t, both.x_t_factor.item<double>(), 1e-12);
  const double variance =
      second.log_variance.exp().item<double>() +
      std::pow(second.x_t_factor.item<double>(), 2) * first.log_variance.exp().item<double>();
  EXPECT_NEAR(variance, both.log_variance.exp().item<double>(), 1e-12);
}

// The contract of every sampler: with an exact denoiser it returns the data, whatever its steps.
TEST(Sampler, RecoversTheDataFromAnExactDenoiser) {
  at::manual_seed(8);
  const auto x0 = torch::randn({3, 2, 5});
  for (const char* schedule : kSchedules) {
    for (const char* name : kPredictions) {
      const Process process(config_of(schedule, name));
      const bool is_path = !process.is_discrete();
      for (const std::string& sampler : sampler_names()) {
        if ((is_path && sampler == "ddpm") ||
            (!is_path && (sampler == "euler" || sampler == "heun")))
          continue;
        for (const std::int64_t steps : {1, 7, 50}) {
          for (const double eta : {0.0, 1.0}) {
            if (eta > 0 && sampler != "ddim") continue;
            const Denoise exact = [&](const torch::Tensor& x, const torch::Tensor& time) {
              const double at = time[0].item<double>();
              Level level{1 - at / 1000, at / 1000};
              if (!is_path) {
                const double bar = process.alpha_bars()[static_cast<std::size_t>(std::llround(at))];
                level = {std::sqrt(bar), std::sqrt(1 - bar)};
              }
              const Levels levels{torch::full({3, 1, 1}, level.signal),
                                  torch::full({3, 1, 1}, level.noise)};
              const auto noise =
                  level.noise > 0 ? (x - level.signal * x0) / level.noise : torch::zeros_like(x);
              return Output{training_target(prediction_from(name), is_path, x0, noise, levels), {}};
            };
            const auto out = sample(process, exact, torch::randn({3, 2, 5}), {sampler, steps, eta},
                                    [&](std::int64_t) {
                                      return torch::randn({3, 2, 5});
                                    });
            // A single step from pure noise: predicting the noise says nothing of the data there.
            const bool predicts_noise =
                std::string(name) == "noise" || std::string(name) == "score";
            if (predicts_noise && steps == 1 && std::string(schedule) != "linear") continue;
            const double tolerance = is_path && predicts_noise ? 5e-2 : 5e-3;
            EXPECT_LT((out - x0).abs().max().item<double>(), tolerance)
                << schedule << " " << name << " " << sampler << " " << steps << " " << eta;
          }
        }
      }
    }
  }
}

TEST(Sampler, DdimWithoutNoiseIsEulerOnThePath) {
  at::manual_seed(9);
  const auto x = torch::randn({2, 1, 3}), x0 = torch::randn({2, 1, 3});
  const Level now{0.3, 0.7}, next{0.5, 0.5};
  const Estimate at = estimate(Prediction::kSample, true, x, x0, now);
  EXPECT_TRUE(
      at::allclose(ddim_step(at, now, next, 0, {}), euler_step(x, at, now, next), 1e-5, 1e-6));
}

TEST(Sampler, DdimWithEtaOneHasTheVarianceOfDdpm) {
  // Song, Meng, Ermon 2021, section 4: eta = 1 is the DDPM step.
  const std::vector<double> bars = make_alpha_bars(config_of("linear"));
  const Level now{std::sqrt(bars[600]), std::sqrt(1 - bars[600])},
      next{std::sqrt(bars[580]), std::sqrt(1 - bars[580])};
  at::manual_seed(10);
  const auto x = torch::randn({2, 1, 3}, torch::kDouble),
             x0 = torch::randn({2, 1, 3}, torch::kDouble),
             noise = torch::randn({2, 1, 3}, torch::kDouble);
  const Estimate at = estimate(Prediction::kSample, false, x, x0, now);
  EXPECT_TRUE(at::allclose(ddim_step(at, now, next, 1, noise),
                           ddpm_step(x, x0, {}, now, next, noise), 1e-9, 1e-9));
}

TEST(Sampler, RefusesWhatTheScheduleDoesNotAllow) {
  const Denoise any = [](const torch::Tensor& x, const torch::Tensor&) { return Output{x, {}}; };
  const auto run = [&](const char* schedule, const char* sampler, std::int64_t steps) {
    return test::message_of<base::UsageError>([&] {
      sample(Process(config_of(schedule)), any, torch::zeros({1, 1, 1}), {sampler, steps, 0}, {});
    });
  };
  EXPECT_CONTAINS(run("path", "ddpm", 10), "ddpm sampler needs a schedule in steps");
  EXPECT_CONTAINS(run("linear", "euler", 10), "euler sampler needs the path");
  EXPECT_CONTAINS(run("linear", "ddim", 1001), "more than the 1000");
}

TEST(Sampler, GuidanceMovesTheMeanOnly) {
  const auto one = torch::ones({1, 1, 2});
  const Output out = guided({3 * one, 5 * one}, {one, 7 * one}, 2);
  EXPECT_TRUE(out.prediction.equal(5 * one));
  EXPECT_TRUE(out.variance.equal(5 * one));
  EXPECT_TRUE(guided({3 * one, {}}, {one, {}}, 1).prediction.equal(3 * one));
}

}  // namespace
}  // namespace svgfusion::diffusion
