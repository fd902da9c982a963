// SPDX-License-Identifier: MIT
// The stack of blocks in bfloat16, which only GPUs use, on the CPU's form of its kernels: against
// the blocks one by one in float32.
#include "svgfusion/nn/modulated_stack.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "stack_model.h"
#include "svgfusion/nn/gradient_places.h"
#include "svgfusion/nn/precision.h"

namespace svgfusion::nn {
namespace {

TEST(ModulatedStack, IsItsBlocksOneByOne) {
  StackModel expected, found;
  const auto upstream = torch::randn({kRows, kWidth});
  const auto y = expected.one_by_one();
  (y * upstream).sum().backward();
  const ProductPrecision precision(Precision::kBfloat16);
  const auto y_found =
      modulated_stack(found.x, found.modulation.to(torch::kBFloat16), found.blocks, kEpsilon);
  EXPECT_LT(distance(y_found, y), kRounding);
  (y_found * upstream).sum().backward();
  const auto of_expected = expected.gradients(), of_found = found.gradients();
  for (std::size_t i = 0; i < of_expected.size(); ++i)
    EXPECT_LT(distance(of_found[i], of_expected[i]), 2 * kRounding) << "gradient " << i;
}

TEST(ModulatedStack, WritesGradientsWhereTheyBelong) {
  StackModel apart, in_place;
  const ProductPrecision precision(Precision::kBfloat16);
  const auto pass = [](StackModel& model) {
    modulated_stack(model.x, model.modulation.to(torch::kBFloat16), model.blocks, kEpsilon)
        .to(torch::kFloat)
        .square()
        .sum()
        .backward();
  };
  pass(apart);
  const auto gradients = torch::zeros_like(in_place.values);
  {
    const GradientPlaces places(in_place.values, gradients);
    pass(in_place);
  }
  std::vector<torch::Tensor> flat;
  for (const bool matrices : {true, false})
    apart.for_each(matrices,
                   [&](torch::Tensor& t, at::IntArrayRef) { flat.push_back(t.grad().flatten()); });
  EXPECT_TRUE(torch::equal(gradients, torch::cat(flat)));
  // Nothing was copied: the parameters' gradients are those places.
  std::int64_t offset = 0;
  for (const bool matrices : {true, false}) {
    in_place.for_each(matrices, [&](torch::Tensor& t, at::IntArrayRef) {
      EXPECT_EQ(t.grad().data_ptr<float>(), gradients.data_ptr<float>() + offset);
      offset += t.numel();
    });
  }
}

TEST(ModulatedStack, FrozenSaysTheSame) {
  StackModel model;
  const torch::NoGradGuard no_grad;
  const auto rows = torch::tensor({2, 0, 0, 1, 5, 2}, torch::kLong);
  const auto expected = model.one_by_one(rows);
  model.freeze(torch::kBFloat16);
  const auto before = model.x.clone();
  const auto found =
      frozen_stack(model.x, model.modulation.to(torch::kBFloat16), rows, model.blocks, kEpsilon);
  EXPECT_LT(distance(found, expected), kRounding);
  EXPECT_TRUE(torch::equal(model.x, before));
}

TEST(GradientPlaces, HoldOneGradientEach) {
  const auto values = torch::zeros({12}), gradients = torch::zeros({12});
  const auto first = values.narrow(0, 0, 4).view({2, 2}),
             second = values.narrow(0, 4, 4).view({2, 2});
  EXPECT_FALSE(GradientPlaces::take(first).defined());
  const GradientPlaces places(values, gradients);
  EXPECT_EQ(GradientPlaces::take(second).data_ptr<float>(), gradients.data_ptr<float>() + 4);
  EXPECT_FALSE(GradientPlaces::take(second).defined());
  EXPECT_FALSE(GradientPlaces::take({first, second}).defined());
  EXPECT_FALSE(GradientPlaces::take(torch::zeros({4})).defined());
  EXPECT_EQ(GradientPlaces::take(first).sizes(), first.sizes());
}

}  // namespace
}  // namespace svgfusion::nn
