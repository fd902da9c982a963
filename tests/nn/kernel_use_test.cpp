// SPDX-License-Identifier: MIT
// Our kernels and LibTorch's operations say the same, forward and backward.
#include "svgfusion/nn/kernel_use.h"

#include <ATen/ATen.h>

#include <cmath>
#include <functional>

#include "support/support.h"
#include "svgfusion/nn/activation.h"
#include "svgfusion/nn/attention.h"
#include "svgfusion/nn/coordinates.h"
#include "svgfusion/nn/dropout.h"
#include "svgfusion/nn/modulated_branch.h"
#include "svgfusion/nn/modulation.h"
#include "svgfusion/nn/norms.h"
#include "svgfusion/nn/precision.h"
#include "svgfusion/nn/transformer.h"

namespace svgfusion::nn {
namespace {

using Tensors = std::vector<torch::Tensor>;
using Operation = std::function<torch::Tensor(const Tensors&)>;

// The output and the gradients of all inputs for a gradient drawn once.
Tensors results(const Tensors& inputs, const Operation& operation, bool own) {
  const KernelUse use(own);
  Tensors in;
  for (const torch::Tensor& t : inputs) in.push_back(t.detach().clone().requires_grad_());
  const auto y = operation(in);
  at::manual_seed(5);
  y.backward(torch::randn(y.sizes()));
  Tensors out{y.detach()};
  for (const torch::Tensor& t : in) out.push_back(t.grad());
  return out;
}

void expect_same(const Tensors& inputs, const Operation& operation, const char* what) {
  const Tensors own = results(inputs, operation, true);
  const Tensors libtorch = results(inputs, operation, false);
  ASSERT_EQ(own.size(), libtorch.size());
  for (std::size_t i = 0; i < own.size(); ++i)
    EXPECT_TRUE(at::allclose(own[i], libtorch[i], 1e-4, 1e-5)) << what << ", result " << i;
}

TEST(KernelUse, OperationsAgreeWithLibtorch) {
  at::manual_seed(1);
  const auto parts = torch::randn({4, 60});  // shift, scale and gate are slices of one matrix
  expect_same(
      {torch::randn({4, 3, 20}), parts},
      [](const Tensors& in) {
        const auto of = in[1].chunk(3, 1);
        return gated_residual(in[0], of[2], modulated_norm(in[0], of[0], of[1], 1e-5));
      },
      "modulation");
  expect_same(
      {torch::randn({4, 3, 20}), torch::randn({20})},
      [](const Tensors& in) { return bias_gelu(in[0], in[1]); }, "GELU");
  expect_same(
      {torch::randn({70, 20})}, [](const Tensors& in) { return relu_dropout(in[0], 0); }, "ReLU");
  // What comes in is not contiguous.
  expect_same(
      {torch::randn({20, 3, 4}), torch::randn({20})},
      [](const Tensors& in) {
        return bias_gelu(in[0].permute({2, 1, 0}), in[1]);
      },
      "GELU of a permuted tensor");
}

TEST(KernelUse, BranchesAgreeWithLibtorch) {
  at::manual_seed(9);
  for (const std::int64_t tokens : {1, 3}) {
    for (const bool has_gelu : {false, true}) {
      const auto branch = [&](const Tensors& in) {
        const auto m = in[1].chunk(3, 1);
        return modulated_branch(in[0], {m[0], m[1], m[2]}, {in[2], in[3], in[4], in[5], has_gelu},
                                1e-5);
      };
      expect_same({torch::randn({4, tokens, 20}), torch::randn({4, 60}), torch::randn({28, 20}),
                   torch::randn({28}), 0.2 * torch::randn({20, 28}), torch::randn({20})},
                  branch, "branch");
    }
  }
}

// With rows of the modulation named, a branch is computed by its parts.
TEST(ModulatedBranch, IsWhatItsPartsAre) {
  at::manual_seed(10);
  const Tensors inputs{torch::randn({4, 1, 20}), torch::randn({60, 4}).t(), torch::randn({28, 20}),
                       torch::randn({28}),       torch::randn({20, 28}),    torch::randn({20})};
  for (const Precision precision : {Precision::kFloat32, Precision::kBfloat16}) {
    const ProductPrecision products(precision);
    for (const bool has_gelu : {false, true}) {
      const auto branch = [&](const torch::Tensor& rows) {
        return results(
            inputs,
            [&](const Tensors& in) {
              const auto m = in[1].chunk(3, 1);
              return modulated_branch(in[0], {m[0], m[1], m[2]},
                                      {in[2], in[3], in[4], in[5], has_gelu}, 1e-5, rows);
            },
            true);
      };
      const Tensors whole = branch({}), parts = branch(torch::arange(4));
      for (std::size_t i = 0; i < whole.size(); ++i)
        EXPECT_TRUE(at::allclose(whole[i], parts[i], 1e-5, 1e-6)) << i;
    }
  }
}

TEST(ModulatedBranch, GivesNoGradientToWeightsThatDoNotTrain) {
  at::manual_seed(11);
  auto second = torch::randn({20, 28}).requires_grad_();
  const auto first = torch::randn({28, 20});
  const auto m = torch::randn({4, 60}).chunk(3, 1);
  modulated_branch(torch::randn({4, 1, 20}), {m[0], m[1], m[2]},
                   {first, torch::zeros({28}), second, torch::zeros({20}), true}, 1e-5)
      .sum()
      .backward();
  EXPECT_TRUE(second.grad().defined());
  EXPECT_FALSE(first.grad().defined());
}

TEST(KernelUse, CoordinateLossAgreesWithLibtorch) {
  at::manual_seed(7);
  for (const std::int64_t values : {256, 512}) {
    for (const float smoothing : {0.0F, 0.1F}) {
      auto head = kernels::CoordinateHead::of(values);
      head.smoothing = smoothing;
      const auto targets = torch::randint(0, values, {5, 2}, torch::kLong);
      targets[3].fill_(kernels::kNoTarget);
      auto outputs = 0.5 * torch::randn({5, 2, head.outputs()});
      outputs[0].select(1, values + 1).fill_(head.most + 1);  // as sharp as may be
      expect_same(
          {outputs}, [&](const Tensors& in) { return coordinate_loss(in[0], targets, head); },
          "coordinates");
    }
  }
}

TEST(KernelUse, AttentionAgreesWithLibtorch) {
  at::manual_seed(2);
  for (const Reach reach : {Reach::kWholeGroup, Reach::kPast}) {
    for (const std::vector<std::int64_t>& lengths :
         {std::vector<std::int64_t>{5, 5, 5}, {1, 9, 4}, {40, 33}}) {
      const auto ragged = Ragged::from_lengths(lengths, torch::kCPU);
      expect_same(
          {torch::randn({ragged.rows, 3 * 24})},
          [&](const Tensors& in) {
            return attention(in[0], ragged, {3, reach, 0});
          },
          "packed");
    }
    expect_same(
        {torch::randn({4, 6, 3 * 24})},
        [&](const Tensors& in) {
          return attention(in[0], {2, reach, 0});
        },
        "dense");
  }
}

TEST(KernelUse, LayersAgreeWithLibtorch) {
  at::manual_seed(3);
  Transformer stack(LayerOptions{32, 4, 48, 0.0, 8}, 2);
  const auto ragged = Ragged::from_lengths({3, 7, 2}, torch::kCPU);
  const auto parameters = stack->parameters();
  expect_same(
      {torch::randn({12, 32}), torch::randn({3, 8})},
      [&](const Tensors& in) { return stack->forward(in[0], ragged, Reach::kWholeGroup, in[1]); },
      "stack");
  Tensors gradients[2];
  for (const bool own : {false, true}) {
    const KernelUse use(own);
    at::manual_seed(4);
    stack->zero_grad();
    stack->forward(torch::randn({12, 32}), ragged, Reach::kPast, torch::randn({3, 8}))
        .square()
        .sum()
        .backward();
    for (const torch::Tensor& p : parameters) gradients[own].push_back(p.grad().clone());
  }
  for (std::size_t i = 0; i < parameters.size(); ++i)
    EXPECT_TRUE(at::allclose(gradients[1][i], gradients[0][i], 1e-3, 1e-3)) << i;
}

// Groups that start as one table: computed once, or row by row, or of ragged lengths.
TEST(Transformer, ATableIsWhatItsRowsWouldBe) {
  at::manual_seed(4);
  for (const double dropout : {0.0, 0.2}) {
    Transformer stack(LayerOptions{16, 2, 24, dropout, 8}, 2);
    const auto table = torch::randn({6, 16}).requires_grad_();
    const auto codes = torch::randn({3, 8});
    for (const bool trains : {false, true}) {
      stack->train(trains);
      for (const std::vector<std::int64_t>& lengths :
           {std::vector<std::int64_t>{6, 6, 6}, {4, 4, 4}, {2, 6, 1}}) {
        const auto ragged = Ragged::from_lengths(lengths, torch::kCPU);
        for (const Reach reach : {Reach::kWholeGroup, Reach::kPast}) {
          Tensors found[2];
          for (const bool by_table : {false, true}) {
            at::manual_seed(6);
            table.mutable_grad().reset();
            const auto y = by_table ? stack->forward_table(table, ragged, reach, codes)
                                    : stack->forward(table.index_select(0, ragged.position), ragged,
                                                     reach, codes);
            y.square().mul(torch::arange(16)).sum().backward();
            found[by_table] = {y.detach(), table.grad().clone()};
          }
          EXPECT_TRUE(at::allclose(found[1][0], found[0][0], 1e-4, 1e-5));
          EXPECT_TRUE(at::allclose(found[1][1], found[0][1], 1e-3, 1e-3));
        }
      }
    }
  }
}

TEST(Dropout, KeepsTheMeanAndRepeatsWithTheSeed) {
  const auto x = torch::ones({1000, 100});
  at::manual_seed(1);
  const auto first = dropout(x, 0.1);
  const auto second = dropout(x, 0.1);
  at::manual_seed(1);
  EXPECT_TRUE(dropout(x, 0.1).equal(first));
  EXPECT_FALSE(second.equal(first));
  EXPECT_NEAR(first.mean().item<double>(), 1, 0.01);
  EXPECT_NEAR(first.eq(0).to(torch::kDouble).mean().item<double>(), 0.1, 0.005);
  // Both passes drop the same.
  const auto in = x.clone().requires_grad_();
  const auto y = dropout(in, 0.1, x);
  y.sum().backward();
  EXPECT_TRUE(at::allclose(in.grad(), y.detach() - x));
}

TEST(Dropout, OfAStepDependsOnItsNumberAndThePlaceInIt) {
  const auto x = torch::ones({100, 100});
  StepDraws draws(torch::kCPU);
  const auto step = [&](std::uint64_t number) {
    draws.start(number);
    const StepDraws::Use use(draws);
    const auto first = dropout(x, 0.1);
    return std::pair(first, dropout(x, 0.1));
  };
  const auto [first, second] = step(7);
  EXPECT_FALSE(second.equal(first));
  EXPECT_FALSE(step(8).first.equal(first));
  at::manual_seed(1);
  const auto outside = dropout(x, 0.1);
  const auto again = step(7);
  EXPECT_TRUE(again.first.equal(first));
  EXPECT_TRUE(again.second.equal(second));
  at::manual_seed(1);
  EXPECT_TRUE(dropout(x, 0.1).equal(outside));
  // A step's number is read when a kernel runs, as a replayed graph does.
  const StepDraws::Use use(draws);
  const auto in = x.clone().requires_grad_();
  draws.start(8);
  const auto y = dropout(in, 0.1, x);
  y.sum().backward();
  EXPECT_TRUE(at::allclose(in.grad(), y.detach() - x));
  EXPECT_TRUE(at::allclose(in.grad(), step(8).first));
}

TEST(NormOfAll, OfSeveralTensors) {
  const Tensors tensors{torch::randn({300, 7}), torch::randn({5}), torch::randn({1, 1})};
  const auto found = norm_of_all(tensors);
  double squares = 0;
  for (const torch::Tensor& t : tensors)
    squares += t.to(torch::kDouble).square().sum().item<double>();
  EXPECT_NEAR(found.item<double>(), std::sqrt(squares), 1e-4);
  const KernelUse use(false);
  EXPECT_NEAR(norm_of_all(tensors).item<double>(), std::sqrt(squares), 1e-4);
}

}  // namespace
}  // namespace svgfusion::nn
