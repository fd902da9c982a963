// SPDX-License-Identifier: MIT
// The stack of blocks in bfloat16, which only GPUs use, on the CPU's form of its kernels: against
// the blocks one by one in float32.
#include "svgfusion/nn/modulated_stack.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "svgfusion/nn/gradient_places.h"
#include "svgfusion/nn/linear.h"
#include "svgfusion/nn/modulated_branch.h"
#include "svgfusion/nn/modulation.h"
#include "svgfusion/nn/precision.h"

namespace svgfusion::nn {
namespace {

constexpr std::int64_t kRows = 6, kWidth = 128, kInner = 256, kBlocks = 3;
constexpr double kEpsilon = 1e-6;

// Parameters as views of one buffer, matrices first, as FlatParameters has them.
struct Model {
  std::vector<StackBlock> blocks{kBlocks};
  torch::Tensor values, x, modulation;

  Model() {
    at::manual_seed(1);
    std::int64_t size = 0;
    for (const bool matrices : {true, false})
      for_each(matrices, [&](torch::Tensor&, at::IntArrayRef shape) {
        size += c10::multiply_integers(shape);
      });
    values = torch::randn({size});
    std::int64_t offset = 0;
    for (const bool matrices : {true, false}) {
      for_each(matrices, [&](torch::Tensor& t, at::IntArrayRef shape) {
        const std::int64_t count = c10::multiply_integers(shape);
        t = values.narrow(0, offset, count).view(shape);
        t.mul_(1 / std::sqrt(static_cast<double>(shape.back()))).set_requires_grad(true);
        offset += count;
      });
    }
    x = torch::randn({kRows, kWidth}, torch::requires_grad());
    modulation = (0.5 * torch::randn({kRows, (6 * kBlocks + 2) * kWidth})).set_requires_grad(true);
  }

  template <class Visit>
  void for_each(bool matrices, const Visit& visit) {
    for (StackBlock& b : blocks) {
      if (matrices) {
        visit(b.qkv_weight, {3 * kWidth, kWidth});
        visit(b.out_weight, {kWidth, kWidth});
        visit(b.up_weight, {kInner, kWidth});
        visit(b.down_weight, {kWidth, kInner});
      } else {
        visit(b.qkv_bias, {3 * kWidth});
        visit(b.out_bias, {kWidth});
        visit(b.up_bias, {kInner});
        visit(b.down_bias, {kWidth});
      }
    }
  }

  torch::Tensor one_by_one(const torch::Tensor& rows = {}) {
    auto h = x.unsqueeze(1);
    const auto parts = modulation.split(kWidth, 1);
    std::size_t next = 0;
    for (const StackBlock& b : blocks) {
      const auto value = [](const torch::Tensor& t) { return t.narrow(0, 2 * kWidth, kWidth); };
      const BranchMaps maps[] = {
          {value(b.qkv_weight), value(b.qkv_bias), b.out_weight, b.out_bias, false},
          {b.up_weight, b.up_bias, b.down_weight, b.down_bias, true}};
      for (const BranchMaps& map : maps) {
        h = modulated_branch(h, {parts[next], parts[next + 1], parts[next + 2]}, map, kEpsilon,
                             rows);
        next += 3;
      }
    }
    return modulated_norm(h, parts[next], parts[next + 1], kEpsilon, rows).squeeze(1);
  }

  std::vector<torch::Tensor> gradients() {
    std::vector<torch::Tensor> out{x.grad(), modulation.grad()};
    for (const bool matrices : {true, false})
      for_each(matrices, [&](torch::Tensor& t, at::IntArrayRef) { out.push_back(t.grad()); });
    return out;
  }
};

// ||a - b|| / ||b||
double distance(const torch::Tensor& a, const torch::Tensor& b) {
  return ((a.to(torch::kFloat) - b).norm() / b.norm()).item<double>();
}
constexpr double kRounding = 0.02;

TEST(ModulatedStack, IsItsBlocksOneByOne) {
  Model expected, found;
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
  Model apart, in_place;
  const ProductPrecision precision(Precision::kBfloat16);
  const auto pass = [](Model& model) {
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
  Model model;
  const torch::NoGradGuard no_grad;
  const auto rows = torch::tensor({2, 0, 0, 1, 5, 2}, torch::kLong);
  const auto expected = model.one_by_one(rows);
  for (StackBlock& b : model.blocks) {
    const auto value = b.qkv_weight.narrow(0, 2 * kWidth, kWidth);
    b.merged_weight = b.out_weight.mm(value).to(torch::kBFloat16);
    b.merged_bias = b.out_weight.mv(b.qkv_bias.narrow(0, 2 * kWidth, kWidth)) + b.out_bias;
    b.up_weight = b.up_weight.to(torch::kBFloat16);
    b.down_weight = b.down_weight.to(torch::kBFloat16);
  }
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
