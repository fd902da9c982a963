// SPDX-License-Identifier: MIT
#include <ATen/ATen.h>

#include <cmath>

#include "model/tiny_models.h"
#include "support/support.h"
#include "svgfusion/base/error.h"
#include "svgfusion/nn/kernel_use.h"

namespace svgfusion::model {
namespace {

using test::message_of;

TEST(Denoiser, ShapesAndConditions) {
  const torch::NoGradGuard no_grad;
  for (const bool projects : {false, true}) {
    for (const bool learns : {false, true}) {
      auto model = make_denoiser(projects, learns);
      const auto x = torch::randn({4, 2, 6});
      const auto t = torch::full({4}, 300.0);
      const auto a = model->forward(x, t, torch::zeros({4}, torch::kLong));
      EXPECT_EQ(a.prediction.sizes(), x.sizes());
      EXPECT_EQ(a.variance.defined(), learns);
      const auto b = model->forward(x, t, torch::full({4}, 3, torch::kLong));  // the null label
      const auto c = model->forward(x, 2 * t, torch::zeros({4}, torch::kLong));
      EXPECT_FALSE(at::allclose(a.prediction, b.prediction));
      EXPECT_FALSE(at::allclose(a.prediction, c.prediction));
      EXPECT_TRUE(at::allclose(
          model->forward(x.narrow(0, 1, 1), t.narrow(0, 1, 1), torch::zeros({1}, torch::kLong))
              .prediction[0],
          a.prediction[1], 1e-4, 1e-5));
    }
  }
}

TEST(Denoiser, FrozenSaysTheSame) {
  const torch::NoGradGuard no_grad;
  for (const std::int64_t tokens : {1, 2}) {
    at::manual_seed(3);
    Denoiser model(tiny_denoiser(true), DenoiserShape{tokens, 6, 3, true});
    for (auto& p : model->parameters()) p.add_(0.2 * torch::randn_like(p));
    const auto x = torch::randn({4, tokens, 6});
    const auto says = [&](auto& denoiser) {
      return denoiser
          .forward(x, torch::full({2}, 300.0), torch::tensor({0, 1}), torch::tensor({0, 1, 1, 0}))
          .prediction;
    };
    const auto before = says(*model);
    const auto without_kernels = [&](auto& denoiser) {
      const nn::KernelUse libtorch(false);
      return says(denoiser);
    };
    const auto before_without_kernels = without_kernels(*model);
    {
      FrozenDenoiser frozen(model);
      for (int repeat = 0; repeat < 2; ++repeat)
        EXPECT_TRUE(at::allclose(says(frozen), before, 1e-4, 1e-5)) << tokens;
      // Without our kernels nothing is packed, and only the merged products of one token differ.
      EXPECT_EQ(without_kernels(frozen).equal(before_without_kernels), tokens > 1);
    }
    EXPECT_TRUE(says(*model).equal(before));
  }
}

TEST(Denoiser, StartsAtZeroAsAdaLnZeroDoes) {
  at::manual_seed(1);
  Denoiser model(tiny_denoiser(true), DenoiserShape{2, 6, 3, true});
  const auto out = model->forward(torch::randn({2, 2, 6}), torch::full({2}, 5.0),
                                  torch::zeros({2}, torch::kLong));
  EXPECT_EQ(out.prediction.abs().max().item<float>(), 0);
  EXPECT_EQ(out.variance.abs().max().item<float>(), 0);
}

TEST(Denoiser, HasTheThesisParameterCount) {
  DenoiserConfig config;  // width 256, depth 28, heads 16
  const Denoiser model(config, DenoiserShape{1, 256, 56, true});
  std::int64_t count = 0;
  for (const auto& p : model->parameters()) count += p.numel();
  EXPECT_EQ(count, 33'547'008);
}

TEST(Denoiser, DropsTheAskedShareOfLabels) {
  at::manual_seed(3);
  auto model = make_denoiser(true, false);
  const auto dropped = model->drop_labels(torch::zeros({20000}, torch::kLong), torch::rand({20000}))
                           .eq(3)
                           .to(torch::kDouble)
                           .mean()
                           .item<double>();
  EXPECT_NEAR(dropped, 0.1, 0.01);
}

TEST(Denoiser, StandardisesByItsStatistics) {
  auto model = make_denoiser(true, false);
  model->set_statistics(torch::full({2, 6}, 3.0), torch::full({2, 6}, 2.0));
  EXPECT_TRUE(
      at::allclose(model->standardise(torch::full({1, 2, 6}, 7.0)), torch::full({1, 2, 6}, 2.0)));
  const auto x = torch::randn({1, 2, 6});
  EXPECT_TRUE(at::allclose(model->standardise(model->unstandardise(x)), x, 1e-5, 1e-6));
}

TEST(Denoiser, WidthMustFit) {
  DenoiserConfig config = tiny_denoiser(false);
  config.width = 8;
  EXPECT_CONTAINS(message_of<base::ConfigError>([&] {
                    Denoiser(config, DenoiserShape{1, 6, 2, false});
                  }),
                  "input_projection");
}

// Few pairs of time and label, each modulating many latents, is the same as every latent's own.
TEST(Denoiser, SharedConditionsChangeNothing) {
  const torch::NoGradGuard no_grad;
  auto model = make_denoiser(true, true);
  const auto x = torch::randn({5, 2, 6});
  const auto times = torch::tensor({100.0F, 700.0F});
  const auto labels = torch::tensor({2, 3}, torch::kLong);
  const auto rows = torch::tensor({0, 1, 1, 0, 1}, torch::kLong);
  const auto shared = model->forward(x, times, labels, rows);
  const auto own = model->forward(x, times.index_select(0, rows), labels.index_select(0, rows));
  EXPECT_TRUE(at::allclose(shared.prediction, own.prediction, 1e-5, 1e-6));
  EXPECT_TRUE(at::allclose(shared.variance, own.variance, 1e-5, 1e-6));
}

}  // namespace
}  // namespace svgfusion::model
