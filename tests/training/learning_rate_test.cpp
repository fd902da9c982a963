// SPDX-License-Identifier: MIT
#include "svgfusion/training/learning_rate.h"

#include <gtest/gtest.h>

namespace svgfusion::training {
namespace {

TEST(LearningRate, Table) {
  StageConfig stage;
  stage.steps = 111;
  stage.learning_rate = 2;
  stage.warmup_steps = 10;
  stage.final_rate = 0.1;
  EXPECT_NEAR(learning_rate(stage, 0), 2.0 / 11, 1e-12);
  EXPECT_NEAR(learning_rate(stage, 9), 20.0 / 11, 1e-12);
  EXPECT_NEAR(learning_rate(stage, 10), 2, 1e-12);
  EXPECT_NEAR(learning_rate(stage, 60), 2 * 0.55, 1e-12);
  EXPECT_NEAR(learning_rate(stage, 110), 0.2, 1e-12);
  stage.schedule = "constant";
  EXPECT_EQ(learning_rate(stage, 110), 2);
  stage.schedule = "step";
  stage.step_every = 50;
  stage.step_factor = 0.5;
  EXPECT_EQ(learning_rate(stage, 49), 2);
  EXPECT_EQ(learning_rate(stage, 50), 1);
  EXPECT_EQ(learning_rate(stage, 110), 0.5);
  stage.schedule = "deepsvg";  // from 0, and twice as fast once warm: 10 + 2 · 20 = 50 at step 30
  EXPECT_EQ(learning_rate(stage, 0), 0);
  EXPECT_EQ(learning_rate(stage, 5), 1);
  EXPECT_EQ(learning_rate(stage, 29), 2);
  EXPECT_EQ(learning_rate(stage, 30), 1);
  EXPECT_EQ(learning_rate(stage, 55), 0.5);
  EXPECT_NEAR(ema_decay(stage, 0), 0.1, 1e-12);
  EXPECT_EQ(ema_decay(stage, 1000000), stage.ema_decay);
  stage.schedule = "constant";
  stage.batch_size = 4096;
  stage.base_batch = 1024;
  for (const auto& [rule, rate] : {std::pair{"none", 2.0}, {"linear", 8.0}, {"sqrt", 4.0}}) {
    stage.rate_rule = rule;
    EXPECT_EQ(learning_rate(stage, 50), rate) << rule;
  }
}

TEST(LearningRate, FallsOnAPlateau) {
  StageConfig stage;
  stage.plateau_patience = 2;
  stage.step_factor = 0.1;
  Plateau state;
  for (const double loss : {1.0, 0.5, 0.49999, 0.6}) state = observe(state, loss, stage);
  EXPECT_EQ(state.best, 0.5);  // 0.002 % less is no fall
  EXPECT_EQ(state.bad_lines, 2);
  EXPECT_EQ(state.factor, 1);
  state = observe(state, 0.5, stage);
  EXPECT_NEAR(state.factor, 0.1, 1e-15);
  EXPECT_EQ(state.bad_lines, 0);
  state = observe(state, 0.4, stage);
  EXPECT_EQ(state.best, 0.4);
}

}  // namespace
}  // namespace svgfusion::training
