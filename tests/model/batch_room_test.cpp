// SPDX-License-Identifier: MIT
#include "svgfusion/model/batch_room.h"

#include <ATen/ATen.h>

#include "model/tiny_models.h"
#include "support/support.h"
#include "svgfusion/base/random.h"

namespace svgfusion::model {
namespace {

// Icons of different numbers of contours and commands.
icon::TokenIcon icon_of(int variant) {
  const icon::TokenIcon icon = test::make_icon(variant);
  return variant % 3 == 0 ? first_contour(icon) : icon;
}

BatchSizes sizes_of(const IconBatch& batch) {
  const auto count = [&](icon::Command command) {
    return batch.commands.eq(static_cast<int>(command)).sum().item<std::int64_t>();
  };
  return {batch.size(), batch.icons.rows, count(icon::Command::kLine),
          count(icon::Command::kCubic)};
}

struct Drawn {
  std::vector<icon::TokenIcon> icons;
  std::vector<std::int64_t> labels;
};

class BatchRoomTest : public testing::Test {
 protected:
  static constexpr std::int64_t kBatch = 7;

  BatchRoomTest() {
    for (int v = 0; v < 12; ++v) all_.push_back(icon_of(v));
    std::vector<BatchSizes> sizes;
    for (const icon::TokenIcon& icon : all_) sizes.push_back(BatchSizes::of(icon));
    room_.emplace(sizes, kBatch, kShape.limits);
  }

  Drawn draw(std::uint64_t seed) const {
    base::Random random(seed);
    Drawn out;
    for (int i = 0; i < kBatch; ++i) {
      out.icons.push_back(all_[random.below(all_.size())]);
      out.labels.push_back(static_cast<std::int64_t>(random.below(3)));
    }
    return out;
  }

  std::vector<icon::TokenIcon> all_;
  std::optional<BatchRoom> room_;
};

TEST_F(BatchRoomTest, FilledBatchesHaveOneShapeAndBeginWithTheIcons) {
  int fit = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const Drawn drawn = draw(seed);
    const auto filled = room_->filled(drawn.icons, drawn.labels);
    if (!filled) continue;
    ++fit;
    ASSERT_EQ(sizes_of(*filled), room_->sizes());
    const IconBatch plain = make_batch(drawn.icons, drawn.labels, torch::kCPU);
    ASSERT_TRUE(filled->commands.narrow(0, 0, plain.commands.size(0)).equal(plain.commands));
    ASSERT_TRUE(filled->arguments.narrow(0, 0, plain.commands.size(0)).equal(plain.arguments));
    ASSERT_TRUE(filled->labels.narrow(0, 0, kBatch).equal(plain.labels));
    ASSERT_EQ(filled->weights.sum().item<double>(), kBatch);
    ASSERT_EQ(filled->weights.narrow(0, 0, kBatch).sum().item<double>(), kBatch);
    ASSERT_EQ(filled->icons.max_length, kShape.limits.max_contours);
    ASSERT_EQ(filled->contours.max_length, kShape.limits.max_commands_per_contour);
  }
  EXPECT_GT(fit, 190);
}

TEST_F(BatchRoomTest, WhatDoesNotFitIsSaid) {
  const std::vector<icon::TokenIcon> largest(kBatch, icon_of(1));
  std::vector<icon::TokenIcon> all = largest;
  all.insert(all.end(), largest.begin(), largest.end());
  EXPECT_FALSE(room_->filled(all, std::vector<std::int64_t>(all.size())));
}

// Filling has no part in any loss, nor in any gradient.
TEST_F(BatchRoomTest, LossesAndGradientsAreThoseOfTheIconsAlone) {
  for (const AutoencoderConfig& config :
       {tiny_config(), tiny_config("vae"), tiny_config_per_contour()}) {
    auto model = tiny_model(config);  // evaluating: latents get no noise
    const Drawn drawn = draw(3);
    const auto gradients_of = [&](const IconBatch& batch) {
      model->zero_grad();
      Losses losses = model->loss(batch);
      losses.at("total").backward();
      for (const auto& item : model->named_parameters())
        losses["gradient of " + item.key()] = item.value().grad().clone();
      return losses;
    };
    const Losses expected = gradients_of(make_batch(drawn.icons, drawn.labels, torch::kCPU));
    std::optional<IconBatch> filled = room_->filled(drawn.icons, drawn.labels);
    ASSERT_TRUE(filled);
    model->add_targets(*filled);
    // Whatever stands in the filling.
    const std::int64_t commands =
        make_batch(drawn.icons, drawn.labels, torch::kCPU).commands.size(0);
    filled->arguments.narrow(0, commands, filled->arguments.size(0) - commands).fill_(200);
    const Losses found = gradients_of(*filled);
    EXPECT_EQ(found.size(), expected.size());
    for (const auto& [name, value] : expected)
      EXPECT_TRUE(at::allclose(found.at(name), value, 1e-5, 1e-6))
          << config.variant << " per " << config.latent_per << ": " << name;
  }
}

}  // namespace
}  // namespace svgfusion::model
