// SPDX-License-Identifier: MIT
// What DeepSVG's models must do that the reference printed no numbers for.
#include <gtest/gtest.h>

#include "deepsvg_models.h"
#include "svgfusion/base/error.h"

namespace svgfusion::model {
namespace {

// The loss computes only what counts; its gradients are those of the loss over everything.
TEST(DeepSvg, PackedLossHasTheGradientsOfTheWholeLoss) {
  AutoencoderConfig config = deepsvg_config("plain");
  config.width = 32;
  config.heads = 4;
  config.feed_forward = 48;
  config.latent_width = 16;
  at::manual_seed(9);
  DeepSvgImpl model(config, AutoencoderShape{{8, 30, 50}, 1});
  model.eval();
  const auto gradients = [&](const torch::Tensor& loss) {
    model.zero_grad();
    loss.backward();
    std::vector<torch::Tensor> out;
    for (const auto& p : model.parameters()) out.push_back(p.grad().clone());
    return out;
  };
  const DeepSvgSequences sequences = deepsvg_sequences(deepsvg_batch(), 2, {8, 30, 50});
  const auto targets = sequences.commands.narrow(1, 1, 31);
  const auto arguments = sequences.arguments.narrow(1, 1, 31);
  const auto visible = targets.narrow(1, 0, 1).squeeze(1).ne(4);
  const auto rows = deepsvg_loss_rows(sequences.commands, "end")
                        .narrow(1, 1, 31)
                        .gt(0)
                        .logical_and(visible.unsqueeze(1));
  const DeepSvgImpl::Logits said =
      model.logits(model.encode(deepsvg_batch()).mean, deepsvg_batch());
  const auto used = arguments.ge(0);
  const auto whole =
      at::cross_entropy_loss(said.visibility.flatten(0, 1), visible.to(torch::kLong)) +
      at::cross_entropy_loss(said.commands.index({rows}), targets.index({rows})) +
      2 * at::cross_entropy_loss(said.arguments.index({used}), arguments.index({used}) + 1);
  const auto packed = model.loss(deepsvg_batch()).at("total");
  EXPECT_NEAR(packed.item<double>(), whole.item<double>(), 1e-5);
  const auto expected = gradients(whole);
  const auto found = gradients(packed);
  for (std::size_t i = 0; i < found.size(); ++i)
    EXPECT_TRUE(at::allclose(found[i], expected[i], 1e-4, 1e-6)) << i;
}

// What decoding keeps of the greedy sequences is what they say.
TEST(DeepSvg, PackedDecodingSaysWhatGreedySequencesSay) {
  const auto model = deepsvg_model(deepsvg_config("plain"));
  {
    const torch::NoGradGuard no_grad;
    auto parameters = model->named_parameters();
    parameters["command_head.bias"].narrow(0, 3, 4).fill_(-9);
    parameters["visibility_head.bias"].copy_(torch::tensor({-1.0, 1.0}));
  }
  at::manual_seed(11);
  const auto z = 2 * torch::randn({6, 1, 256});
  const DeepSvgImpl::Greedy said = model->greedy(z, {});
  std::size_t contours = 0;
  const std::vector<icon::TokenIcon> icons = model->decode(z);
  for (std::size_t n = 0; n < icons.size(); ++n) {
    std::vector<std::int64_t> expected, found;
    for (std::int64_t p = 0; p < 8; ++p) {
      const auto commands = said.commands[static_cast<std::int64_t>(n) * 8 + p];
      const auto arguments = said.arguments[static_cast<std::int64_t>(n) * 8 + p];
      std::vector<std::int64_t> path;
      std::int64_t drawn = 0;
      bool open = false;
      for (std::int64_t s = 0; s <= commands.size(0); ++s) {
        const std::int64_t c = s < commands.size(0) ? commands[s].item<std::int64_t>() : 4;
        if (c == 4 || c == 0) {
          if (drawn > 0) expected.insert(expected.end(), path.begin(), path.end());
          path.clear();
          drawn = 0;
          open = c == 0;
        }
        if (c == 4) break;
        if (!open) continue;
        for (std::int64_t k = c == 2 ? 5 : 9; k < 11; ++k)
          path.push_back(std::max<std::int64_t>(0, arguments[s][k].item<std::int64_t>()));
        if (c != 0) ++drawn;
      }
    }
    for (std::size_t i = 0; i < icons[n].commands.size(); ++i) {
      for (std::size_t k = icons[n].commands[i] == icon::Command::kCubic ? 0 : 4; k < 6; ++k)
        found.push_back(icons[n].arguments[i][k]);
    }
    contours += icons[n].contour_count();
    EXPECT_EQ(found, expected);
  }
  EXPECT_GT(contours, 0U);
}

TEST(DeepSvg, DecodedIconsFitTheFormatInEveryForm) {
  for (const char* variant : {"plain", "label", "self_match", "one_stage", "sketchformer"}) {
    AutoencoderConfig config = deepsvg_config(variant);
    config.width = 32;
    config.heads = 4;
    config.feed_forward = 48;
    config.latent_width = 16;
    at::manual_seed(7);
    DeepSvgImpl model(config, AutoencoderShape{{8, 30, 50}, 1});
    model.eval();
    const auto labels = torch::tensor({1, 2, 3, 4}, torch::kLong);
    for (const icon::TokenIcon& icon : model.decode(3 * torch::randn({4, 1, 16}), labels)) {
      EXPECT_EQ(icon.contour_offsets.size(), icon.contour_count() + 1) << variant;
      EXPECT_EQ(icon.contour_offsets.back(), icon.commands.size()) << variant;
      for (std::size_t c = 0; c < icon.contour_count(); ++c) {
        EXPECT_EQ(icon.commands[icon.contour_offsets[c]], icon::Command::kMove) << variant;
        EXPECT_GT(icon.contour_length(c), 1U) << variant;
      }
    }
    EXPECT_TRUE(torch::isfinite(model.loss(deepsvg_batch()).at("total")).item<bool>()) << variant;
  }
}

TEST(DeepSvg, PartsAddUpToTheBatch) {
  for (const char* variant : {"plain", "self_match", "sketchformer"}) {
    AutoencoderConfig config = deepsvg_config(variant);
    config.variant = "deterministic";
    at::manual_seed(5);
    DeepSvgImpl model(config, AutoencoderShape{{8, 30, 50}, 1});
    model.eval();
    const LossNumbers counts = model.loss_counts(deepsvg_batch());
    Losses sums;
    for (std::size_t i = 0; i < 2; ++i) {
      const IconBatch part = make_batch({deepsvg_icons()[i]}, {4}, torch::kCPU);
      LossFactors factors;
      for (const auto& [name, count] : model.loss_counts(part))
        factors[name] = torch::tensor(count / counts.at(name));
      for (const auto& [name, loss] : model.loss(part, 1, factors)) {
        torch::Tensor& sum = sums[name];
        sum = sum.defined() ? sum + loss : loss;
      }
    }
    for (const auto& [name, loss] : model.loss(deepsvg_batch()))
      EXPECT_NEAR(sums.at(name).item<double>(), loss.item<double>(), 2e-5)
          << variant << " " << name;
  }
}

TEST(DeepSvg, OverfittingTwoIconsDecodesThemExactly) {
  for (const char* variant : {"plain", "sketchformer"}) {
    AutoencoderConfig config = deepsvg_config(variant);
    config.variant = "deterministic";
    config.width = 64;
    config.heads = 4;
    config.feed_forward = 128;
    config.latent_width = 32;
    config.dropout = 0;
    at::manual_seed(3);
    DeepSvgImpl model(config, AutoencoderShape{{8, 30, 50}, 1});
    model.eval();  // without the constant dropout of the embeddings
    const IconBatch both = deepsvg_batch();
    const std::vector<icon::TokenIcon> wanted = deepsvg_icons();
    train_plainly(model, 300, 2e-3, [&] { return model.loss(both).at("total"); });
    EXPECT_EQ(model.decode(model.encode(both).mean), wanted) << variant;
    EXPECT_EQ(model.accuracy(both).at("argument_accuracy"), 1) << variant;
  }
}

TEST(DeepSvg, CombinationsThatDoNotExistAreRefused) {
  const auto refused = [](const auto& change) {
    AutoencoderConfig config = deepsvg_config("plain");
    change(config);
    EXPECT_THROW(DeepSvgImpl(config, AutoencoderShape{{8, 30, 50}, 1}), base::ConfigError);
  };
  refused([](AutoencoderConfig& c) { c.latent_tokens = 2; });
  refused([](AutoencoderConfig& c) { c.latent_per = "contour"; });
  refused([](AutoencoderConfig& c) { c.variant = "noise"; });
  refused([](AutoencoderConfig& c) { c.latent_norm = true; });
  refused([](AutoencoderConfig& c) { c.deepsvg.prediction = "autoregressive"; });
  refused([](AutoencoderConfig& c) {
    c.deepsvg.self_match = true;
    c.deepsvg.encode_stages = c.deepsvg.decode_stages = 1;
  });
  EXPECT_THROW(DeepSvgImpl(deepsvg_config("plain"), AutoencoderShape{{8, 30, 50}, 1, 9}),
               base::ConfigError);
}

}  // namespace
}  // namespace svgfusion::model
