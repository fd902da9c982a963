// SPDX-License-Identifier: MIT
#include "svgfusion/training/experiment.h"

#include <nlohmann/json.hpp>

#include "support/support.h"
#include "svgfusion/base/error.h"
#include "svgfusion/base/files.h"

namespace svgfusion::training {
namespace {

using test::message_of;
namespace fs = std::filesystem;

TEST(Experiment, RulesBetweenThePartsAreChecked) {
  struct Row {
    std::vector<std::string> sets;
    const char* expected;
  };
  for (const Row& row : std::vector<Row>{
           {{"autoencoder.heads=7"}, "autoencoder.heads is 7"},
           {{"denoiser.width=512", "denoiser.input_projection=false"}, "input_projection"},
           {{"training.denoiser.warmup_steps=99999"}, "warmup_steps"},
           {{"diffusion.variance=learned_range"}, "learned_range needs a"},
           {{"sampling.sampler=ddpm"}, "ddpm needs a"},
           {{"diffusion.schedule=linear", "sampling.sampler=euler"},
            "needs diffusion.schedule path"},
           {{"diffusion.schedule=linear", "sampling.steps=2000"}, "at most diffusion.steps"},
           {{"sampling.guidance_low=0.95"}, "guidance_low"},
           {{"training.autoencoder.stepz=3"}, "did you mean 'steps'"}}) {
    EXPECT_CONTAINS(
        message_of<base::ConfigError>([&] { read_experiment(config::load_source({}, row.sets)); }),
        row.expected);
  }
}

TEST(Experiment, EveryBundledConfigurationIsValidAndDumpsTheSame) {
  for (const fs::path& file : base::list_files(test::source_path("configs"), {".json"})) {
    const ExperimentConfig config = read_experiment(config::load_source(file, {}));
    const test::TemporaryFolder folder;
    test::write(folder / "c.json", config::dump(config).dump());
    EXPECT_EQ(config::dump(read_experiment(config::load_source(folder / "c.json", {}))),
              config::dump(config))
        << file;
  }
}

}  // namespace
}  // namespace svgfusion::training
