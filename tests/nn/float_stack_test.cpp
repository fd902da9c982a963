// SPDX-License-Identifier: MIT
// The stack of blocks on a CPU against the blocks one by one.
#include "svgfusion/nn/float_stack.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "stack_model.h"
#include "svgfusion/nn/kernel_use.h"
#include "svgfusion/nn/late_gradients.h"
#include "svgfusion/nn/precision.h"
#include "svgfusion/nn/product_engines.h"

namespace svgfusion::nn {
namespace {

torch::Tensor stack(StackModel& model, const torch::Tensor& rows = {}) {
  EXPECT_TRUE(takes_float_stack(model.x, model.blocks, at::GradMode::is_enabled()));
  return float_stack(model.x, model.modulation, model.blocks, kEpsilon, rows);
}

// The same operations in the same order, so that nothing is allowed for but the order of sums.
class FloatStack : public testing::TestWithParam<Precision> {};

TEST_P(FloatStack, IsItsBlocksOneByOne) {
  const ProductPrecision precision(GetParam());
  StackModel expected, found;
  const auto upstream = torch::randn({kRows, kWidth});
  const auto y = expected.one_by_one(), y_found = stack(found);
  EXPECT_TRUE(torch::equal(y_found, y));
  (y * upstream).sum().backward();
  (y_found * upstream).sum().backward();
  const auto of_expected = expected.gradients(), of_found = found.gradients();
  for (std::size_t i = 0; i < of_expected.size(); ++i)
    EXPECT_LT(distance(of_found[i], of_expected[i]), 1e-6) << "gradient " << i;
}

TEST_P(FloatStack, WithoutGradientsSaysTheSameOfRowsAndMergedMaps) {
  const ProductPrecision precision(GetParam());
  StackModel model;
  const torch::NoGradGuard no_grad;
  const auto rows = torch::tensor({2, 0, 0, 1, 5, 2}, torch::kLong);
  const auto expected = model.one_by_one(rows), before = model.x.clone();
  EXPECT_TRUE(torch::equal(stack(model, rows), expected));
  const bool rounds = GetParam() == Precision::kBfloat16;
  model.freeze(rounds ? torch::kBFloat16 : torch::kFloat);
  EXPECT_LT(distance(stack(model, rows), expected), rounds ? kRounding : 1e-5);
  EXPECT_TRUE(torch::equal(model.x, before));
}

INSTANTIATE_TEST_SUITE_P(, FloatStack, testing::Values(Precision::kFloat32, Precision::kBfloat16),
                         [](const auto& of) {
                           return of.param == Precision::kFloat32 ? "Float32" : "Bfloat16";
                         });

TEST(FloatStackOnly, KeepsTheProductsOfWeightsThatTrain) {
  if (!is_available(Engine::kKernels)) GTEST_SKIP() << "no kernels for this processor";
  StackModel written, kept;
  stack(written).sum().backward();
  kept.blocks[1].up_weight.set_requires_grad(false);
  LateGradients late(kept.values);
  stack(kept).sum().backward();
  EXPECT_EQ(late.found().size(), 4U * kBlocks - 1);
  for (const LateGradient& g : late.found()) {
    const bool is_frozen =
        g.offset == kept.blocks[1].up_weight.data_ptr<float>() - kept.values.data_ptr<float>();
    EXPECT_FALSE(is_frozen);
  }
  EXPECT_FALSE(kept.blocks[0].down_weight.grad().defined());
  const auto last = late.found().front();  // the backward pass begins at the end
  EXPECT_LT(distance(dense(last), written.blocks.back().down_weight.grad().flatten()), 1e-6);
}

TEST(FloatStackOnly, WeightsMustNotChangeBeforeTheBackwardPass) {
  StackModel model;
  const auto y = stack(model);
  {
    const torch::NoGradGuard no_grad;
    model.blocks[0].up_weight.mul_(2);
  }
  EXPECT_THROW(y.sum().backward(), c10::Error);
}

TEST(FloatStackOnly, IsForKernelsOfOurOwnAndTrainsNoMergedMaps) {
  StackModel model;
  EXPECT_TRUE(takes_float_stack(model.x, model.blocks, true));
  {
    const KernelUse off(false);
    EXPECT_FALSE(takes_float_stack(model.x, model.blocks, true));
  }
  model.freeze(torch::kFloat);
  EXPECT_TRUE(takes_float_stack(model.x, model.blocks, false));
  EXPECT_FALSE(takes_float_stack(model.x, model.blocks, true));
}

}  // namespace
}  // namespace svgfusion::nn
