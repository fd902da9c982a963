// SPDX-License-Identifier: MIT
// DeepSVG's models against the numbers that the reference program printed.
#include <gtest/gtest.h>

#include <map>

#include "deepsvg_models.h"

namespace svgfusion::model {
namespace {

using nlohmann::json;

constexpr double kTolerance = 1e-5;  // relative

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
    for (const auto& p : deepsvg_model(deepsvg_config(variant))->parameters()) total += p.numel();
    EXPECT_EQ(total, count) << variant;
  }
  // The one-stage models of the reference hold 240 commands.
  for (const auto& [variant, count] :
       std::map<std::string, std::int64_t>{{"one_stage", 5'929'042}, {"sketchformer", 6'927'175}}) {
    const DeepSvgImpl model(deepsvg_config(variant), AutoencoderShape{{8, 30, 240}, 1});
    std::int64_t total = 0;
    for (const auto& p : model.parameters()) total += p.numel();
    EXPECT_EQ(total, count) << variant;
  }
}

TEST(DeepSvg, HierarchicalOrdered) {
  const json& expected = deepsvg_reference()["hierarchical_ordered"];
  const AutoencoderConfig config = deepsvg_config("plain");
  const auto model = deepsvg_model(config);
  const torch::NoGradGuard no_grad;
  const auto z = model->encode(deepsvg_batch()).mean;
  for (std::size_t n = 0; n < 2; ++n) {
    for (std::size_t k = 0; k < 256; ++k) {
      expect_near(z[static_cast<std::int64_t>(n)][0][static_cast<std::int64_t>(k)].item<double>(),
                  expected["z"]["values"][n][k], "z");
    }
  }
  const DeepSvgImpl::Logits said = model->logits(z, deepsvg_batch());
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
    const Losses losses = deepsvg_model(with)->loss(deepsvg_batch());
    const json& numbers = expected["loss"][key];
    expect_near(losses.at("visibility").item<double>(), numbers["loss_visibility"], key);
    expect_near(losses.at("command").item<double>(), numbers["loss_cmd"], key);
    expect_near(losses.at("argument").item<double>(), numbers["loss_args"], key);
    expect_near(losses.at("total").item<double>(), numbers["loss"], key);
  }
}

TEST(DeepSvg, Vae) {
  const json& expected = deepsvg_reference()["hierarchical_vae"];
  const auto model = deepsvg_model(deepsvg_config("vae"));
  const torch::NoGradGuard no_grad;
  const Encoded encoded = model->encode(deepsvg_batch());
  expect_summary(encoded.mean, expected["mu"], "mu");
  expect_summary(encoded.log_sigma2, expected["logsigma"], "logsigma");
  expect_near(model->loss(deepsvg_batch()).at("kl").item<double>(), expected["kl"], "kl");
}

TEST(DeepSvg, LabelConditioned) {
  const json& expected = deepsvg_reference()["label_conditioned"];
  const auto model = deepsvg_model(deepsvg_config("label"));
  const torch::NoGradGuard no_grad;
  const auto z = model->encode(deepsvg_batch()).mean;
  expect_summary(z, expected["z"], "z");
  const DeepSvgImpl::Logits said = model->logits(z, deepsvg_batch());
  expect_summary(said.commands, expected["command_logits"], "commands");
  expect_summary(said.arguments, expected["args_logits"], "arguments");
  EXPECT_THROW(model->encode(deepsvg_batch({4, 100})), base::DataError);
  EXPECT_THROW(model->decode(z), base::DataError);  // which needs the labels too
}

TEST(DeepSvg, SelfMatch) {
  const json& expected = deepsvg_reference()["self_match"];
  for (const auto& [rows, key] : std::map<std::string, std::string>{
           {"cpu", "cpu_inplace"}, {"three", "plus3_out_of_place"}}) {
    AutoencoderConfig config = deepsvg_config("self_match");
    config.variant = "deterministic";  // which the reference's numbers are of
    config.deepsvg.loss_rows = rows;
    const auto model = deepsvg_model(config);
    const torch::NoGradGuard no_grad;
    const DeepSvgImpl::Logits said =
        model->logits(model->encode(deepsvg_batch()).mean, deepsvg_batch());
    const auto order = model->assignment(said, deepsvg_sequences(deepsvg_batch(), 2, {8, 30, 50}));
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
    const json& expected = deepsvg_reference()[key];
    for (const auto& [rows, name] : std::map<std::string, std::string>{
             {"cpu", "cpu_inplace"}, {"three", "plus3_out_of_place"}}) {
      AutoencoderConfig config = deepsvg_config(variant);
      config.variant = "deterministic";
      config.deepsvg.loss_rows = rows;
      const auto model = deepsvg_model(config);
      const torch::NoGradGuard no_grad;
      const DeepSvgImpl::Logits said =
          model->logits(model->encode(deepsvg_batch()).mean, deepsvg_batch());
      expect_summary(said.commands, expected["command_logits"], key + " commands");
      expect_summary(said.arguments, expected["args_logits"], key + " arguments");
      const Losses losses = model->loss(deepsvg_batch());
      expect_near(losses.at("command").item<double>(), expected["loss"][name]["loss_cmd"], key);
      expect_near(losses.at("argument").item<double>(), expected["loss"][name]["loss_args"], key);
      expect_near(losses.at("total").item<double>(), expected["loss"][name]["loss"], key);
    }
  }
}

TEST(DeepSvg, SequencesAreTheReferences) {
  const json& inputs = deepsvg_reference()["inputs"];
  const DeepSvgSequences grouped = deepsvg_sequences(deepsvg_batch(), 1, {8, 30, 50});
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

}  // namespace
}  // namespace svgfusion::model
