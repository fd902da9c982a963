// SPDX-License-Identifier: MIT
// DeepSVG's models against the numbers that the reference program printed.
#include "svgfusion/model/deepsvg.h"

#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>

#include "reference_weights.h"
#include "support/support.h"
#include "svgfusion/base/error.h"
#include "svgfusion/base/json.h"
#include "svgfusion/dataset/deepsvg_grid.h"

namespace svgfusion::model {
namespace {

using nlohmann::json;

constexpr double kTolerance = 1e-5;  // relative

const json& reference() {
  static const json all = base::read_json(test::source_path("tests/reference/deepsvg_model.json"));
  return all;
}

// The icons whose padded sequences the reference was given.
std::vector<icon::TokenIcon> icons() {
  std::vector<icon::TokenIcon> out;
  const json& inputs = reference()["inputs"];
  for (std::size_t n = 0; n < 2; ++n) {
    icon::TokenIcon icon;
    icon.grid = dataset::kDeepSvgGrid;
    for (std::size_t g = 0; g < 8; ++g) {
      const json& commands = inputs["commands"][n][g];
      if (commands[1] == 4) break;
      for (std::size_t s = 1; commands[s] != 4; ++s) {
        const json& arguments = inputs["args"][n][g][s];
        icon.commands.push_back(static_cast<icon::Command>(commands[s].get<int>()));
        icon::Arguments values{};
        for (std::size_t k = 0; k < 6; ++k)
          values[k] = static_cast<std::uint8_t>(std::max(0, arguments[5 + k].get<int>()));
        icon.arguments.push_back(values);
      }
      icon.contour_offsets.push_back(static_cast<std::uint32_t>(icon.commands.size()));
      icon.closed.push_back(0);
      icon.styles.push_back(0);
    }
    out.push_back(icon);
  }
  return out;
}

IconBatch batch(const std::vector<std::int64_t>& labels = {4, 17}) {
  return make_batch(icons(), labels, torch::kCPU);
}

AutoencoderConfig config_of(const std::string& variant) {
  AutoencoderConfig c;
  c.architecture = "deepsvg";
  c.kl_weight = 10;
  if (variant == "vae") c.variant = "vae";
  if (variant == "label") c.deepsvg.label_condition = true;
  if (variant == "self_match") {
    c.deepsvg.self_match = true;
    c.variant = "vae";
  }
  if (variant == "one_stage" || variant == "sketchformer") {
    c.deepsvg.encode_stages = c.deepsvg.decode_stages = 1;
    c.variant = "vae";
  }
  if (variant == "sketchformer") {
    c.deepsvg.prediction = "autoregressive";
    c.deepsvg.relative_arguments = true;
  }
  return c;
}

std::shared_ptr<DeepSvgImpl> model_of(const AutoencoderConfig& config) {
  auto model = std::make_shared<DeepSvgImpl>(config, AutoencoderShape{{8, 30, 50}, 1});
  fill_as_reference(*model, deepsvg_names(config));
  model->eval();
  return model;
}

void expect_near(double found, double expected, const std::string& what) {
  EXPECT_NEAR(found, expected, kTolerance * std::max(1.0, std::fabs(expected))) << what;
}

// {"shape", "sum", "abs", "head"}: of the tensor in the reference's order.
void expect_summary(const torch::Tensor& found, const json& expected, const std::string& what) {
  const auto shape = expected["shape"].get<std::vector<std::int64_t>>();
  std::int64_t count = 1;
  for (const std::int64_t s : shape) count *= s;
  ASSERT_EQ(found.numel(), count) << what;
  const auto values = found.detach().to(torch::kDouble).flatten();
  const double size = values.abs().sum().item<double>();
  expect_near(size, expected["abs"], what + " abs");
  EXPECT_NEAR(values.sum().item<double>(), expected["sum"].get<double>(), kTolerance * size)
      << what;
  for (std::size_t i = 0; i < expected["head"].size(); ++i) {
    EXPECT_NEAR(values[static_cast<std::int64_t>(i)].item<double>(),
                expected["head"][i].get<double>(), 2e-5)
        << what << " " << i;
  }
}

TEST(DeepSvg, NamesAndSizesAreTheReferences) {
  const std::map<std::string, std::int64_t> counts{
      {"plain", 10'304'596}, {"vae", 10'370'388}, {"self_match", 10'368'340}};
  for (const auto& [variant, count] : counts) {
    std::int64_t total = 0;
    for (const auto& p : model_of(config_of(variant))->parameters()) total += p.numel();
    EXPECT_EQ(total, count) << variant;
  }
  // The one-stage models of the reference hold 240 commands.
  for (const auto& [variant, count] :
       std::map<std::string, std::int64_t>{{"one_stage", 5'929'042}, {"sketchformer", 6'927'175}}) {
    const DeepSvgImpl model(config_of(variant), AutoencoderShape{{8, 30, 240}, 1});
    std::int64_t total = 0;
    for (const auto& p : model.parameters()) total += p.numel();
    EXPECT_EQ(total, count) << variant;
  }
}

TEST(DeepSvg, HierarchicalOrdered) {
  const json& expected = reference()["hierarchical_ordered"];
  const AutoencoderConfig config = config_of("plain");
  const auto model = model_of(config);
  const torch::NoGradGuard no_grad;
  const auto z = model->encode(batch()).mean;
  for (std::size_t n = 0; n < 2; ++n) {
    for (std::size_t k = 0; k < 256; ++k) {
      expect_near(z[static_cast<std::int64_t>(n)][0][static_cast<std::int64_t>(k)].item<double>(),
                  expected["z"]["values"][n][k], "z");
    }
  }
  const DeepSvgImpl::Logits said = model->logits(z, batch());
  for (std::size_t n = 0; n < 2; ++n) {
    for (std::size_t g = 0; g < 8; ++g) {
      for (std::size_t k = 0; k < 2; ++k) {
        expect_near(said.visibility[static_cast<std::int64_t>(n)][static_cast<std::int64_t>(g)]
                                   [static_cast<std::int64_t>(k)]
                                       .item<double>(),
                    expected["visibility_logits"][n][g][0][k], "visibility");
      }
    }
  }
  expect_summary(said.commands, expected["command_logits"], "commands");
  expect_summary(said.arguments, expected["args_logits"], "arguments");
  const DeepSvgImpl::Greedy greedy = model->greedy(z, {});
  const auto commands = greedy.commands.view({2, 8, 31});
  const auto arguments = greedy.arguments.view({2, 8, 31, 11});
  for (std::int64_t n = 0; n < 2; ++n) {
    for (std::int64_t g = 0; g < 8; ++g) {
      for (std::int64_t s = 0; s < 31; ++s) {
        const auto at = [&](const json& all) {
          return all[static_cast<std::size_t>(n)][static_cast<std::size_t>(g)]
                    [static_cast<std::size_t>(s)];
        };
        ASSERT_EQ(commands[n][g][s].item<std::int64_t>(), at(expected["greedy_commands"]));
        for (std::int64_t a = 0; a < 11; ++a) {
          ASSERT_EQ(arguments[n][g][s][a].item<std::int64_t>(),
                    at(expected["greedy_args"])[static_cast<std::size_t>(a)]);
        }
      }
    }
  }
  for (const auto& [rows, key] : std::map<std::string, std::string>{
           {"cpu", "cpu_inplace"}, {"three", "plus3_out_of_place"}}) {
    AutoencoderConfig with = config;
    with.deepsvg.loss_rows = rows;
    const Losses losses = model_of(with)->loss(batch());
    const json& numbers = expected["loss"][key];
    expect_near(losses.at("visibility").item<double>(), numbers["loss_visibility"], key);
    expect_near(losses.at("command").item<double>(), numbers["loss_cmd"], key);
    expect_near(losses.at("argument").item<double>(), numbers["loss_args"], key);
    expect_near(losses.at("total").item<double>(), numbers["loss"], key);
  }
}

TEST(DeepSvg, Vae) {
  const json& expected = reference()["hierarchical_vae"];
  const auto model = model_of(config_of("vae"));
  const torch::NoGradGuard no_grad;
  const Encoded encoded = model->encode(batch());
  expect_summary(encoded.mean, expected["mu"], "mu");
  expect_summary(encoded.log_sigma2, expected["logsigma"], "logsigma");
  expect_near(model->loss(batch()).at("kl").item<double>(), expected["kl"], "kl");
}

TEST(DeepSvg, LabelConditioned) {
  const json& expected = reference()["label_conditioned"];
  const auto model = model_of(config_of("label"));
  const torch::NoGradGuard no_grad;
  const auto z = model->encode(batch()).mean;
  expect_summary(z, expected["z"], "z");
  const DeepSvgImpl::Logits said = model->logits(z, batch());
  expect_summary(said.commands, expected["command_logits"], "commands");
  expect_summary(said.arguments, expected["args_logits"], "arguments");
  EXPECT_THROW(model->encode(batch({4, 100})), base::DataError);
  EXPECT_THROW(model->decode(z), base::DataError);  // which needs the labels too
}

TEST(DeepSvg, SelfMatch) {
  const json& expected = reference()["self_match"];
  for (const auto& [rows, key] : std::map<std::string, std::string>{
           {"cpu", "cpu_inplace"}, {"three", "plus3_out_of_place"}}) {
    AutoencoderConfig config = config_of("self_match");
    config.variant = "deterministic";  // which the reference's numbers are of
    config.deepsvg.loss_rows = rows;
    const auto model = model_of(config);
    const torch::NoGradGuard no_grad;
    const DeepSvgImpl::Logits said = model->logits(model->encode(batch()).mean, batch());
    const auto order = model->assignment(said, deepsvg_sequences(batch(), 2, {8, 30, 50}));
    for (std::int64_t n = 0; n < 2; ++n) {
      for (std::int64_t g = 0; g < 8; ++g) {
        EXPECT_EQ(
            order[n][g].item<std::int64_t>(),
            expected["assignment"][key][static_cast<std::size_t>(n)][static_cast<std::size_t>(g)]);
      }
    }
    const auto commands = said.commands.view({2, 8, 31, 7});
    const auto sorted =
        commands.gather(1, order.view({2, 8, 1, 1}).expand({2, 8, 31, 7}).contiguous());
    expect_summary(sorted, expected["command_logits_after"], "commands after");
  }
}

TEST(DeepSvg, OneStageForms) {
  for (const auto& [variant, key] :
       std::map<std::string, std::string>{{"one_stage", "one_stage_one_shot_total50"},
                                          {"sketchformer", "sketchformer_rel_total50"}}) {
    const json& expected = reference()[key];
    for (const auto& [rows, name] : std::map<std::string, std::string>{
             {"cpu", "cpu_inplace"}, {"three", "plus3_out_of_place"}}) {
      AutoencoderConfig config = config_of(variant);
      config.variant = "deterministic";
      config.deepsvg.loss_rows = rows;
      const auto model = model_of(config);
      const torch::NoGradGuard no_grad;
      const DeepSvgImpl::Logits said = model->logits(model->encode(batch()).mean, batch());
      expect_summary(said.commands, expected["command_logits"], key + " commands");
      expect_summary(said.arguments, expected["args_logits"], key + " arguments");
      const Losses losses = model->loss(batch());
      expect_near(losses.at("command").item<double>(), expected["loss"][name]["loss_cmd"], key);
      expect_near(losses.at("argument").item<double>(), expected["loss"][name]["loss_args"], key);
      expect_near(losses.at("total").item<double>(), expected["loss"][name]["loss"], key);
    }
  }
}

TEST(DeepSvg, SequencesAreTheReferences) {
  const json& inputs = reference()["inputs"];
  const DeepSvgSequences grouped = deepsvg_sequences(batch(), 1, {8, 30, 50});
  const auto relative = relative_arguments(grouped);
  for (std::int64_t n = 0; n < 2; ++n) {
    for (std::int64_t s = 0; s < 52; ++s) {
      const auto at = [&](const char* key) {
        return inputs[key][static_cast<std::size_t>(n)][0][static_cast<std::size_t>(s)];
      };
      EXPECT_EQ(grouped.commands[n][s].item<std::int64_t>(), at("commands_grouped"));
      for (std::int64_t a = 0; a < 11; ++a) {
        const auto k = static_cast<std::size_t>(a);
        EXPECT_EQ(grouped.arguments[n][s][a].item<std::int64_t>(), at("args_grouped")[k]);
        EXPECT_EQ(relative[n][s][a].item<std::int64_t>(), at("args_rel_grouped")[k])
            << s << " " << a;
      }
    }
  }
}

TEST(DeepSvg, LossRowsOfTheThreeKinds) {
  const auto rows = [](std::int64_t commands, const std::string& kind) {
    auto sequence = torch::full({32}, 4, torch::kLong);
    sequence.narrow(0, 0, commands + 1).fill_(1);
    return deepsvg_loss_rows(sequence, kind).sum().item<double>() -
           static_cast<double>(commands + 1);
  };
  for (const std::int64_t n : {2, 5, 12, 20}) EXPECT_EQ(rows(n, "end"), 1);
  for (const std::int64_t n : {2, 5, 12, 20}) EXPECT_EQ(rows(n, "three"), 3);
  for (const std::int64_t n : {2, 5, 12}) EXPECT_EQ(rows(n, "cpu"), 3);
  EXPECT_EQ(rows(13, "cpu"), 8);
  EXPECT_EQ(rows(14, "cpu"), 12);
  EXPECT_EQ(rows(15, "cpu"), 16);
}

// The loss computes only what counts; its gradients are those of the loss over everything.
TEST(DeepSvg, PackedLossHasTheGradientsOfTheWholeLoss) {
  AutoencoderConfig config = config_of("plain");
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
  const DeepSvgSequences sequences = deepsvg_sequences(batch(), 2, {8, 30, 50});
  const auto targets = sequences.commands.narrow(1, 1, 31);
  const auto arguments = sequences.arguments.narrow(1, 1, 31);
  const auto visible = targets.narrow(1, 0, 1).squeeze(1).ne(4);
  const auto rows = deepsvg_loss_rows(sequences.commands, "end")
                        .narrow(1, 1, 31)
                        .gt(0)
                        .logical_and(visible.unsqueeze(1));
  const DeepSvgImpl::Logits said = model.logits(model.encode(batch()).mean, batch());
  const auto used = arguments.ge(0);
  const auto whole =
      at::cross_entropy_loss(said.visibility.flatten(0, 1), visible.to(torch::kLong)) +
      at::cross_entropy_loss(said.commands.index({rows}), targets.index({rows})) +
      2 * at::cross_entropy_loss(said.arguments.index({used}), arguments.index({used}) + 1);
  const auto packed = model.loss(batch()).at("total");
  EXPECT_NEAR(packed.item<double>(), whole.item<double>(), 1e-5);
  const auto expected = gradients(whole);
  const auto found = gradients(packed);
  for (std::size_t i = 0; i < found.size(); ++i)
    EXPECT_TRUE(at::allclose(found[i], expected[i], 1e-4, 1e-6)) << i;
}

// What decoding keeps of the greedy sequences is what they say.
TEST(DeepSvg, PackedDecodingSaysWhatGreedySequencesSay) {
  const auto model = model_of(config_of("plain"));
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
    AutoencoderConfig config = config_of(variant);
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
    EXPECT_TRUE(torch::isfinite(model.loss(batch()).at("total")).item<bool>()) << variant;
  }
}

TEST(DeepSvg, PartsAddUpToTheBatch) {
  for (const char* variant : {"plain", "self_match", "sketchformer"}) {
    AutoencoderConfig config = config_of(variant);
    config.variant = "deterministic";
    at::manual_seed(5);
    DeepSvgImpl model(config, AutoencoderShape{{8, 30, 50}, 1});
    model.eval();
    const LossNumbers counts = model.loss_counts(batch());
    Losses sums;
    for (std::size_t i = 0; i < 2; ++i) {
      const IconBatch part = make_batch({icons()[i]}, {4}, torch::kCPU);
      LossFactors factors;
      for (const auto& [name, count] : model.loss_counts(part))
        factors[name] = torch::tensor(count / counts.at(name));
      for (const auto& [name, loss] : model.loss(part, 1, factors)) {
        torch::Tensor& sum = sums[name];
        sum = sum.defined() ? sum + loss : loss;
      }
    }
    for (const auto& [name, loss] : model.loss(batch()))
      EXPECT_NEAR(sums.at(name).item<double>(), loss.item<double>(), 2e-5)
          << variant << " " << name;
  }
}

TEST(DeepSvg, OverfittingTwoIconsDecodesThemExactly) {
  for (const char* variant : {"plain", "sketchformer"}) {
    AutoencoderConfig config = config_of(variant);
    config.variant = "deterministic";
    config.width = 64;
    config.heads = 4;
    config.feed_forward = 128;
    config.latent_width = 32;
    config.dropout = 0;
    at::manual_seed(3);
    DeepSvgImpl model(config, AutoencoderShape{{8, 30, 50}, 1});
    model.eval();  // without the constant dropout of the embeddings
    const IconBatch both = batch();
    const std::vector<icon::TokenIcon> wanted = icons();
    train_plainly(model, 300, 2e-3, [&] { return model.loss(both).at("total"); });
    EXPECT_EQ(model.decode(model.encode(both).mean), wanted) << variant;
    EXPECT_EQ(model.accuracy(both).at("argument_accuracy"), 1) << variant;
  }
}

TEST(DeepSvg, CombinationsThatDoNotExistAreRefused) {
  const auto refused = [](const auto& change) {
    AutoencoderConfig config = config_of("plain");
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
  EXPECT_THROW(DeepSvgImpl(config_of("plain"), AutoencoderShape{{8, 30, 50}, 1, 9}),
               base::ConfigError);
}

}  // namespace
}  // namespace svgfusion::model
