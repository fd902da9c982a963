// SPDX-License-Identifier: MIT
// The thesis's denoiser and its diffusion against the numbers that the reference program printed.
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "reference_weights.h"
#include "support/support.h"
#include "svgfusion/base/error.h"
#include "svgfusion/base/json.h"
#include "svgfusion/diffusion/loss.h"
#include "svgfusion/diffusion/posterior.h"
#include "svgfusion/diffusion/sampler.h"
#include "svgfusion/model/latent_sampler.h"

namespace svgfusion::model {
namespace {

using nlohmann::json;

constexpr std::int64_t kDepth = 2;
constexpr std::int64_t kLabels = 5;
constexpr double kUnit = 3.4641016;  // makes the formula's numbers of unit variance

const json& thesis_reference() {
  static const json all = base::read_json(test::source_path("tests/reference/dit_diffusion.json"));
  return all;
}

Denoiser denoiser() {
  DenoiserConfig config;
  config.depth = kDepth;
  config.token_code = "sincos";
  Denoiser model(config, DenoiserShape{1, 256, kLabels, true});
  fill_as_reference(*model, dit_names(kDepth, 256));
  model->eval();
  return model;
}

diffusion::Process process(const std::string& prediction) {
  diffusion::DiffusionConfig config;
  config.schedule = "linear";
  config.prediction = config.loss_weight = prediction;
  config.variance = "learned_range";
  return diffusion::Process(config);
}

torch::Tensor noise_of(std::int64_t k) {
  return (kUnit * reference_noise({4, 1, 256}, k)).to(torch::kFloat);
}

struct Batch {
  torch::Tensor x0 = noise_of(1000);
  torch::Tensor noise = noise_of(1001);
  torch::Tensor times = torch::tensor({0, 10, 500, 999}, torch::kLong);
  torch::Tensor labels = torch::tensor({0, 1, 2, 5}, torch::kLong);
  torch::Tensor x_t() const {
    return diffusion::add_noise(x0, noise, process("sample").levels(times));
  }
};

// Sums over [4, 2, 256], and the first eight numbers of each row.
void expect_summary(const torch::Tensor& found, const json& expected) {
  const auto all = found.detach().to(torch::kDouble);
  const auto values = all.narrow(2, 0, 8).flatten();
  const double size = all.abs().sum().item<double>();
  EXPECT_NEAR(size, expected["abs"].get<double>(), 1e-5 * size);
  EXPECT_NEAR(all.sum().item<double>(), expected["sum"].get<double>(), 1e-5 * size);
  for (std::size_t i = 0; i < expected["head"].size(); ++i) {
    const double e = expected["head"][i];
    EXPECT_NEAR(values[static_cast<std::int64_t>(i)].item<double>(), e,
                1e-5 * std::max(1.0, std::fabs(e)))
        << i;
  }
}

// The first four numbers of each of four samples.
void expect_corner(const torch::Tensor& found, const json& expected, const std::string& what,
                   double tolerance = 2e-5) {
  const auto corner = found.flatten(1).narrow(1, 0, 4).flatten();
  for (std::size_t i = 0; i < 16; ++i) {
    const double e = expected[i];
    EXPECT_NEAR(corner[static_cast<std::int64_t>(i)].item<double>(), e,
                tolerance * std::max(1.0, std::fabs(e)))
        << what << " " << i;
  }
}

torch::Tensor stacked(const diffusion::Output& out) {  // mean, then variance: [B, 2, 256]
  return torch::cat({out.prediction, out.variance}, 1);
}

TEST(ThesisDenoiser, ParameterCountsAreTheReferences) {
  for (const auto& [depth, count] : {std::pair<std::int64_t, std::int64_t>{28, 33'547'008},
                                     std::pair<std::int64_t, std::int64_t>{34, 40'647'936}}) {
    DenoiserConfig config;
    config.depth = depth;
    config.token_code = "sincos";
    std::int64_t total = 0;
    for (const auto& p : DenoiserImpl(config, DenoiserShape{1, 256, 56, true}).parameters())
      total += p.numel();
    EXPECT_EQ(total, count);
  }
}

TEST(ThesisDenoiser, Forward) {
  auto model = denoiser();
  const Batch b;
  const torch::NoGradGuard no_grad;
  expect_summary(stacked(model->forward(b.x0, b.times.to(torch::kFloat), b.labels)),
                 thesis_reference()["forward"]);
}

TEST(ThesisDenoiser, GuidanceOnMeanAndVariance) {
  auto model = denoiser();
  const Batch b;
  const torch::NoGradGuard no_grad;
  // Two samples at t = 10 and 500, with labels 0 and 1 and with none.
  const auto half = b.x0.narrow(0, 0, 2);
  const auto out =
      model->forward(torch::cat({half, half}), torch::tensor({10.0F, 500.0F, 10.0F, 500.0F}),
                     torch::tensor({0, 1, 5, 5}, torch::kLong));
  const auto part = [](const torch::Tensor& t, std::int64_t i) {
    return t.chunk(2, 0)[static_cast<std::size_t>(i)];
  };
  const diffusion::Output guided =
      diffusion::guided({part(out.prediction, 0), part(out.variance, 0)},
                        {part(out.prediction, 1), part(out.variance, 1)}, 4, true);
  const auto both = stacked(guided);
  expect_summary(torch::cat({both, both}), thesis_reference()["forward_cfg4"]);
}

TEST(ThesisDenoiser, TrainingLosses) {
  auto model = denoiser();
  const Batch b;
  const torch::NoGradGuard no_grad;
  for (const auto& [prediction, key] :
       {std::pair("sample", "training_losses_predict_xstart_True"),
        std::pair("noise", "training_losses_predict_xstart_False")}) {
    for (std::int64_t i = 0; i < 4; ++i) {
      const auto one = [&](const torch::Tensor& t) { return t.narrow(0, i, 1); };
      const diffusion::LossTerms terms = diffusion::denoising_loss(
          process(prediction),
          [&](const torch::Tensor& x, const torch::Tensor& time) {
            return model->forward(x, time, one(b.labels));
          },
          one(b.x0), one(b.noise), one(b.times));
      const auto near = [&](double found, const char* name) {
        const double e = thesis_reference()[key][name][static_cast<std::size_t>(i)];
        EXPECT_NEAR(found, e, 2e-5 * std::max(1.0, std::fabs(e))) << key << " " << name << " " << i;
      };
      near(terms.bound.item<double>(), "vb");
      near(terms.total.item<double>(), "loss");
      near((terms.total - terms.bound).item<double>(), "mse");
    }
  }
}

TEST(ThesisDenoiser, PosteriorAndOneDdimStep) {
  auto model = denoiser();
  const Batch b;
  const torch::NoGradGuard no_grad;
  const std::vector<double> bars = process("sample").alpha_bars();
  const auto scalar = [](double v) { return torch::scalar_tensor(v, torch::kDouble); };
  for (const char* prediction : {"sample", "noise"}) {
    const std::string suffix = std::string(prediction) == "sample" ? "True" : "False";
    const auto out = model->forward(b.x_t(), b.times.to(torch::kFloat), b.labels);
    std::vector<torch::Tensor> means, variances, estimates, steps;
    for (std::int64_t i = 0; i < 4; ++i) {
      const auto t = static_cast<std::size_t>(b.times[i].item<std::int64_t>());
      const double bar = bars[t];
      const double next = t == 0 ? 1 : bars[t - 1];
      const diffusion::Level now{std::sqrt(bar), std::sqrt(1 - bar)};
      const diffusion::Level then{std::sqrt(next), std::sqrt(1 - next)};
      const auto x = b.x_t().narrow(0, i, 1);
      const diffusion::Estimate at = diffusion::estimate(
          diffusion::prediction_from(prediction), false, x, out.prediction.narrow(0, i, 1), now);
      const double stand_in = std::log((1 - bars[1] / bars[0]) * (1 - bars[0]) / (1 - bars[1]));
      const diffusion::Posterior p =
          diffusion::posterior(scalar(bar), scalar(next), scalar(stand_in));
      means.push_back(p.x0_factor.item<double>() * at.x0 + p.x_t_factor.item<double>() * x);
      variances.push_back(diffusion::learned_log_variance(out.variance.narrow(0, i, 1), p));
      estimates.push_back(at.x0);
      steps.push_back(diffusion::ddim_step(at, now, then, 0, {}));
    }
    const json& expected = thesis_reference()["p_mean_variance_" + suffix];
    expect_corner(torch::cat(means), expected["mean"], "mean");
    expect_corner(torch::cat(variances), expected["log_variance"], "log variance");
    expect_corner(torch::cat(estimates), expected["pred_xstart"], "x0");
    // Numbers near 7 cancel before they are divided by a noise of 0.05: 1e-6 becomes 2e-5 and more.
    expect_corner(torch::cat(steps), thesis_reference()["ddim_eta0_" + suffix], "ddim", 1e-4);
  }
}

// --compat thesis: none is label number n, and all samples together have deviation 0.7.
TEST(ThesisDenoiser, SamplingAsInTheThesis) {
  auto model = denoiser();
  const auto straight = process("sample");
  SamplingConfig config;
  config.sampler = "ddim";
  config.steps = 5;
  config.guidance = 4;
  config.guidance_low = 0;
  config.guidance_high = 1;
  SampleRequest request;
  request.labels = {0, 1, 2};
  request.seeds = {1, 2, 3};
  request.as_in_thesis = true;
  const auto together = sample_latents(model, straight, config, request);
  EXPECT_NEAR(together.std().item<double>(), 0.7, 1e-5);
  // A sample depends on the others: label 3 stood for none above, label 1 does for one sample
  // alone.
  SampleRequest alone = request;
  alone.labels = {0};
  alone.seeds = {1};
  EXPECT_FALSE(at::allclose(sample_latents(model, straight, config, alone),
                            together.narrow(0, 0, 1), 1e-2, 1e-2));
  request.labels = {0, 1, 2, 3, 4, 0};
  request.seeds = {1, 2, 3, 4, 5, 6};
  EXPECT_CONTAINS(
      test::message_of<base::UsageError>([&] { sample_latents(model, straight, config, request); }),
      "the model's table ends at 5");
}

}  // namespace
}  // namespace svgfusion::model
