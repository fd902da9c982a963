// SPDX-License-Identifier: MIT
// Gradients that stay products until the optimiser uses them, against gradients that are written.
#include <ATen/ATen.h>
#include <torch/nn/module.h>
#include <torch/nn/modules/linear.h>

#include "support/support.h"
#include "svgfusion/nn/kernel_use.h"
#include "svgfusion/nn/linear.h"
#include "svgfusion/nn/precision.h"
#include "svgfusion/nn/product_engines.h"
#include "svgfusion/training/optimizer.h"

namespace svgfusion::training {
namespace {

// Uses only a part of one weight, another twice, a third in two ways, and a fourth not at all.
struct Net : torch::nn::Module {
  torch::nn::Linear wide{16, 24}, twice{16, 16}, mixed{16, 8}, unused{4, 4};

  Net() {
    register_module("wide", wide);
    register_module("twice", twice);
    register_module("mixed", mixed);
    register_module("unused", unused);
  }

  torch::Tensor loss(const torch::Tensor& x) {
    const auto part = nn::linear(x, wide->weight.narrow(0, 8, 16), wide->bias.narrow(0, 8, 16));
    const auto h = at::tanh(nn::linear(twice, at::tanh(nn::linear(twice, part))));
    return nn::linear(mixed, h).square().mean() + mixed->weight.square().sum() * 1e-3;
  }
};

StageConfig stage(double clip_norm = 0.05) {  // which always clips
  StageConfig stage;
  stage.learning_rate = 0.01;
  stage.schedule = "constant";
  stage.warmup_steps = 0;
  stage.weight_decay = 0.1;
  stage.clip_norm = clip_norm;
  stage.ema_decay = 0.9;
  return stage;
}

struct Trained {
  torch::Tensor values, average, norm;
  std::size_t products = 0;
};

// Some steps of two backward passes each.
Trained train(bool keeps_products, double clip_norm = 0.05) {
  at::manual_seed(5);
  Net net;
  const StageConfig config = stage(clip_norm);
  FlatParameters flat(net);
  Optimizer optimizer(flat, config);
  Trained out;
  for (int step = 0; step < 5; ++step) {
    optimizer.prepare(step);
    const nn::RoundedWeights rounded = optimizer.rounded_weights();
    flat.forget_gradients();
    for (int pass = 0; pass < 2; ++pass)
      flat.backward(net.loss(torch::randn({6, 16})), keeps_products);
    out.products = flat.products().size();
    optimizer.step();
  }
  out.values = flat.values().clone();
  out.average = optimizer.average().clone();
  out.norm = optimizer.gradient_norm().clone();
  return out;
}

void expect_same(const Trained& a, const Trained& b, double tolerance) {
  EXPECT_TRUE(at::allclose(a.values, b.values, 0, tolerance));
  EXPECT_TRUE(at::allclose(a.average, b.average, 0, tolerance));
  EXPECT_TRUE(at::allclose(a.norm, b.norm, 1e-4));
}

TEST(LateGradients, TrainAsWrittenOnesDo) {
  if (!nn::is_available(nn::Engine::kKernels)) GTEST_SKIP() << "no kernels for this processor";
  const Trained late = train(true);
  const Trained written = train(false);
  EXPECT_EQ(late.products, 2U);  // of the part and of what is used twice
  EXPECT_EQ(written.products, 0U);
  expect_same(late, written, 1e-6);
  const nn::KernelUse libtorch(false);
  expect_same(written, train(false), 1e-6);
}

TEST(LateGradients, AreWrittenWhenPassesHaveManyRows) {
  at::manual_seed(8);
  Net net;
  FlatParameters flat(net);
  const auto x = torch::randn({60, 16});
  for (int pass = 1; pass <= 4; ++pass) flat.backward(net.loss(x), true);
  EXPECT_EQ(flat.products().size(), 0U);
  const auto found = flat.gather_gradients().clone();
  flat.forget_gradients();
  for (int pass = 1; pass <= 4; ++pass) flat.backward(net.loss(x), false);
  EXPECT_TRUE(at::allclose(found, flat.gather_gradients(), 1e-4, 1e-6));
}

TEST(LateGradients, InBfloat16) {
  const nn::ProductPrecision precision(nn::Precision::kBfloat16);
  const Trained late = train(true);
  EXPECT_EQ(late.products, kernels::has_fast_bfloat16_products() ? 2U : 0U);
  expect_same(late, train(false), 1e-5);
  // LibTorch rounds the results of such products too.
  const nn::KernelUse libtorch(false);
  EXPECT_TRUE(at::allclose(late.values, train(false).values, 0, 0.02));
}

TEST(LateGradients, TheRoundedWeightsFollowTheWeights) {
  const nn::ProductPrecision precision(nn::Precision::kBfloat16);
  for (const bool is_ours : {true, false}) {
    const nn::KernelUse kernels(is_ours);
    at::manual_seed(6);
    Net net;
    const StageConfig config = stage();
    FlatParameters flat(net);
    Optimizer optimizer(flat, config);
    for (int step = 0; step < 3; ++step) {
      optimizer.prepare(step);
      const nn::RoundedWeights rounded = optimizer.rounded_weights();
      for (const auto& parameter : net.parameters()) {
        const auto copy = nn::RoundedWeights::of(parameter);
        EXPECT_TRUE(copy.equal(parameter.to(torch::kBFloat16)));
        EXPECT_NE(copy.const_data_ptr(),
                  nn::RoundedWeights::of(parameter.clone()).const_data_ptr());
      }
      flat.forget_gradients();
      flat.backward(net.loss(torch::randn({6, 16})), optimizer.takes_products());
      optimizer.step();
    }
  }
}

// Where clipping cannot matter the norm is found during the update.
TEST(LateGradients, TheNormIsTheSameWithoutClipping) {
  for (const nn::Precision precision : {nn::Precision::kFloat32, nn::Precision::kBfloat16}) {
    const nn::ProductPrecision stands(precision);
    const Trained late = train(true, 1e9), hardly = train(true, 100), written = train(false, 1e9);
    expect_same(late, hardly, 1e-6);
    expect_same(late, written, 1e-5);
  }
}

// A product of finite factors may not be finite either.
TEST(LateGradients, AProductThatIsNotFiniteIsSkipped) {
  for (const double clip_norm : {0.05, 1e9}) {
    for (const float number : {NAN, INFINITY, 3e38F}) {
      at::manual_seed(7);
      Net net;
      const StageConfig config = stage(clip_norm);
      FlatParameters flat(net);
      Optimizer optimizer(flat, config);
      const auto before = flat.values().clone();
      optimizer.prepare(0);
      flat.forget_gradients();
      flat.backward(net.loss(torch::full({6, 16}, number)) * 1e30, optimizer.takes_products());
      optimizer.step();
      EXPECT_TRUE(flat.values().equal(before)) << clip_norm << " " << number;
      EXPECT_EQ(optimizer.skipped_in_a_row().item<float>(), 1);
    }
  }
}

}  // namespace
}  // namespace svgfusion::training
