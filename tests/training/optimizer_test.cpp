// SPDX-License-Identifier: MIT
#include "svgfusion/training/optimizer.h"

#include <ATen/ATen.h>
#include <torch/nn/modules/linear.h>
#include <torch/optim/adamw.h>

#include "support/support.h"

namespace svgfusion::training {
namespace {

// Against torch::optim::AdamW with clip_grad_norm_ semantics, one parameter group.
TEST(Optimizer, IsAdamWWithClipping) {
  at::manual_seed(1);
  torch::nn::Linear ours(4, 3), theirs(4, 3);
  {
    const torch::NoGradGuard no_grad;
    theirs->weight.copy_(ours->weight);
    theirs->bias.copy_(ours->bias);
  }
  StageConfig stage;
  stage.learning_rate = 0.01;
  stage.schedule = "constant";
  stage.warmup_steps = 0;
  stage.clip_norm = 0.5;
  stage.weight_decay = 0.1;
  FlatParameters flat(*ours);
  Optimizer optimizer(flat, stage);
  torch::optim::AdamW reference(
      {torch::optim::OptimizerParamGroup({theirs->weight},
                                         std::make_unique<torch::optim::AdamWOptions>(0.01)),
       torch::optim::OptimizerParamGroup({theirs->bias},
                                         std::make_unique<torch::optim::AdamWOptions>(0.01))},
      torch::optim::AdamWOptions(0.01).betas({0.9, 0.95}).weight_decay(0.1));
  for (auto& group : reference.param_groups()) {
    auto& options = static_cast<torch::optim::AdamWOptions&>(group.options());
    options.betas({0.9, 0.95}).weight_decay(group.params()[0].dim() == 2 ? 0.1 : 0.0);
  }
  for (int step = 0; step < 20; ++step) {
    const auto x = torch::randn({8, 4});
    flat.forget_gradients();
    ours->forward(x).square().sum().backward();
    optimizer.prepare(step);
    optimizer.step();
    reference.zero_grad();
    theirs->forward(x).square().sum().backward();
    const auto norm =
        at::sqrt(theirs->weight.grad().square().sum() + theirs->bias.grad().square().sum());
    const auto scale = at::clamp_max(stage.clip_norm / norm, 1.0);
    theirs->weight.mutable_grad() = theirs->weight.grad() * scale;
    theirs->bias.mutable_grad() = theirs->bias.grad() * scale;
    reference.step();
    EXPECT_NEAR(optimizer.gradient_norm().item<double>(), norm.item<double>(), 1e-3);
  }
  EXPECT_TRUE(at::allclose(ours->weight, theirs->weight, 1e-5, 1e-6));
  EXPECT_TRUE(at::allclose(ours->bias, theirs->bias, 1e-5, 1e-6));
}

TEST(Optimizer, AStepThatIsNotFiniteTouchesNothing) {
  at::manual_seed(2);
  torch::nn::Linear layer(3, 2);
  StageConfig stage;
  FlatParameters flat(*layer);
  Optimizer optimizer(flat, stage);
  const auto step = [&](std::int64_t at) {
    optimizer.prepare(at);
    optimizer.step();
  };
  auto gradients = flat.gather_gradients();
  gradients.fill_(0.1);
  step(0);
  const auto before = flat.values().clone();
  gradients[0] = INFINITY;
  step(1);
  step(2);
  EXPECT_TRUE(flat.values().equal(before));
  EXPECT_EQ(optimizer.skipped_in_a_row().item<float>(), 2);
  EXPECT_EQ(optimizer.state().at("updates").item<float>(), 1);
  gradients.fill_(0.1);
  step(3);
  EXPECT_EQ(optimizer.skipped_in_a_row().item<float>(), 0);
  EXPECT_FALSE(flat.values().equal(before));
}

TEST(FlatParameters, MatricesFirstAndViewsStay) {
  at::manual_seed(3);
  torch::nn::Linear layer(3, 2);
  FlatParameters flat(*layer);
  EXPECT_EQ(flat.size(), 8);
  EXPECT_EQ(flat.decayed(), 6);
  flat.values().fill_(2);
  EXPECT_EQ(layer->weight.sum().item<float>(), 12);
  layer->forward(torch::ones({1, 3})).sum().backward();
  EXPECT_TRUE(flat.gather_gradients().equal(torch::ones({8})));
  layer->forward(torch::ones({1, 3})).sum().backward();  // adds to what is there
  EXPECT_TRUE(flat.gather_gradients().equal(torch::full({8}, 2)));
  flat.forget_gradients();
  EXPECT_FALSE(flat.gradients()[0].defined());
  EXPECT_TRUE(flat.gather_gradients().equal(torch::zeros({8})));
}

// A parameter that the loss does not see keeps its value, as in torch's own optimisers.
TEST(Optimizer, LeavesAloneWhatHasNoGradient) {
  at::manual_seed(4);
  torch::nn::Linear layer(3, 2);
  StageConfig config;
  FlatParameters flat(*layer);
  Optimizer optimizer(flat, config);
  const auto bias = layer->bias.detach().clone();
  const auto weight = layer->weight.detach().clone();
  layer->weight.square().sum().backward();
  optimizer.prepare(0);
  optimizer.step();
  EXPECT_TRUE(layer->bias.equal(bias));
  EXPECT_FALSE(layer->weight.equal(weight));
}

}  // namespace
}  // namespace svgfusion::training
