// SPDX-License-Identifier: MIT
// DeepSVG's models and the icons that the reference program was given, for the files of this
// folder.
#pragma once

#include <nlohmann/json.hpp>

#include "reference_weights.h"
#include "support/support.h"
#include "svgfusion/base/json.h"
#include "svgfusion/dataset/deepsvg_grid.h"
#include "svgfusion/model/deepsvg.h"

namespace svgfusion::model {

inline const nlohmann::json& deepsvg_reference() {
  static const nlohmann::json all =
      base::read_json(test::source_path("tests/reference/deepsvg_model.json"));
  return all;
}

// The icons whose padded sequences the reference was given.
inline std::vector<icon::TokenIcon> deepsvg_icons() {
  std::vector<icon::TokenIcon> out;
  const nlohmann::json& inputs = deepsvg_reference()["inputs"];
  for (std::size_t n = 0; n < 2; ++n) {
    icon::TokenIcon icon;
    icon.grid = dataset::kDeepSvgGrid;
    for (std::size_t g = 0; g < 8; ++g) {
      const nlohmann::json& commands = inputs["commands"][n][g];
      if (commands[1] == 4) break;
      for (std::size_t s = 1; commands[s] != 4; ++s) {
        const nlohmann::json& arguments = inputs["args"][n][g][s];
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

inline IconBatch deepsvg_batch(const std::vector<std::int64_t>& labels = {4, 17}) {
  return make_batch(deepsvg_icons(), labels, torch::kCPU);
}

inline AutoencoderConfig deepsvg_config(const std::string& variant) {
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

inline std::shared_ptr<DeepSvgImpl> deepsvg_model(const AutoencoderConfig& config) {
  auto model = std::make_shared<DeepSvgImpl>(config, AutoencoderShape{{8, 30, 50}, 1});
  fill_as_reference(*model, deepsvg_names(config));
  model->eval();
  return model;
}

}  // namespace svgfusion::model
