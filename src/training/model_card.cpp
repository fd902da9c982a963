// SPDX-License-Identifier: MIT
#include "model_card.h"

#include "svgfusion/base/files.h"
#include "svgfusion/base/text.h"
#include "svgfusion/model/autoencoder.h"

namespace svgfusion::training {

void write_model_card(const std::filesystem::path& folder, const ExperimentConfig& config,
                      const dataset::Dataset& data) {
  using base::concat;
  std::string text = concat(
      "# Model card\n\nTrained by svgfusion on ", base::count_of(data.size(), "icon"), " with ",
      base::count_of(data.label_count(), "label"), " (dataset ", data.fingerprint(), ").\n\n",
      "- autoencoder: ", config.autoencoder.variant, ", width ", config.autoencoder.width,
      ", latent ", model::latent_tokens_of(config.autoencoder, data.info().limits), " x ",
      config.autoencoder.latent_width, ", ", config.training.autoencoder.steps, " steps of ",
      config.training.autoencoder.batch_size, "\n", "- denoiser: width ", config.denoiser.width,
      ", depth ", config.denoiser.depth, ", ", config.training.denoiser.steps, " steps of ",
      config.training.denoiser.batch_size, "\n", "- diffusion: ", config.diffusion.schedule,
      ", predicts the ", config.diffusion.prediction, "\n\n",
      "Labels: ", base::join(data.info().label_names, ", "),
      "\n\n## Licences of the training data\n\n");
  const std::string prefix = "license: ";
  for (const auto& [key, value] : data.info().sources) {
    if (key.starts_with(prefix)) text += concat("- ", key.substr(prefix.size()), ": ", value, "\n");
  }
  base::write_file(folder / "model_card.md", text);
}

}  // namespace svgfusion::training
