// SPDX-License-Identifier: MIT
#include "svgfusion/nn/packed_weights.h"

#include <ATen/ATen.h>

#include "support/support.h"
#include "svgfusion/nn/kernel_use.h"
#include "svgfusion/nn/linear.h"

namespace svgfusion::nn {
namespace {

TEST(PackedWeights, GiveTheSameProducts) {
  const torch::NoGradGuard no_grad;
  at::manual_seed(1);
  for (const auto type : {torch::kFloat, torch::kBFloat16}) {
    const auto weight = torch::randn({70, 24}).to(type);
    const auto bias = torch::randn({70});
    for (const std::int64_t rows : {1, 33, 100, 300}) {
      const auto x = torch::randn({rows, 24});
      const auto expected = linear(x, weight, bias);
      PackedWeights weights;
      for (int repeat = 0; repeat < 2; ++repeat) {
        const PackedWeights::Use use(weights);
        EXPECT_TRUE(at::allclose(linear(x, weight, bias), expected, 1e-4, 1e-4)) << rows;
        EXPECT_TRUE(at::allclose(linear(x, weight, torch::Tensor()), expected - bias, 1e-4, 1e-4))
            << rows;
      }
    }
  }
}

TEST(PackedWeights, TellAWholeFromItsFirstPart) {
  const torch::NoGradGuard no_grad;
  at::manual_seed(2);
  const auto weight = torch::randn({70, 24}), x = torch::randn({5, 24});
  const auto part = weight.narrow(0, 0, 30);
  PackedWeights weights;
  const PackedWeights::Use use(weights);
  for (int repeat = 0; repeat < 2; ++repeat) {
    for (const auto& w : {weight, part})
      EXPECT_TRUE(at::allclose(linear(x, w, torch::Tensor()), x.mm(w.t()), 1e-4, 1e-4));
  }
}

TEST(PackedWeights, AreInUseOnlyInTheirScope) {
  const auto x = torch::randn({2, 8}), weight = torch::randn({6, 8});
  EXPECT_FALSE(PackedWeights::product(x, weight, {}));
  PackedWeights weights;
  {
    const PackedWeights::Use use(weights);
    const auto y = PackedWeights::product(x, weight, {});
    if (y) {
      EXPECT_TRUE(at::allclose(*y, x.mm(weight.t()), 1e-5, 1e-6));
    }
    const KernelUse off(false);
    EXPECT_FALSE(PackedWeights::product(x, weight, {}));
  }
  EXPECT_FALSE(PackedWeights::product(x, weight, {}));
}

}  // namespace
}  // namespace svgfusion::nn
