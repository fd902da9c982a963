// SPDX-License-Identifier: MIT
#include "svgfusion/training/train.h"

#include <cstdio>
#include <nlohmann/json.hpp>

#include "app.h"
#include "svgfusion/diffusion/process.h"

namespace {

using namespace svgfusion;

void run(app::Options& options) {
  const training::ExperimentConfig config = training::read_experiment(options.config_source());
  if (options.flag_value("dump-config")) {
    std::puts(config::dump(config).dump(2).c_str());
    return;
  }
  if (options.flag_value("document-config")) {
    std::fputs(config::document<training::ExperimentConfig>().c_str(), stdout);
    return;
  }
  if (options.flag_value("print-schedule")) {
    std::fputs(diffusion::schedule_table(diffusion::Process(config.diffusion)).c_str(), stdout);
    return;
  }
  training::train(
      config, {options.required("run"), options.text_value("stage"), options.text_value("resume"),
               options.text_value("device"), options.threads()});
}

}  // namespace

int main(int argc, char** argv) {
  app::Options options("svgfusion-train", "Trains an autoencoder and a denoiser on a dataset file.",
                       "svgfusion-train --config configs/quickstart.json --run runs/quickstart");
  options.text("run", "folder of the run: checkpoints, metrics, previews and the model", "DIR");
  options.choice("stage", "what to train", "all", {"all", "autoencoder", "encode", "denoiser"});
  options.text("resume",
               "auto: go on from the newest checkpoint; never: refuse a run that has one; or a "
               "checkpoint folder",
               "MODE", "auto");
  options.text("device", "auto, cpu, cuda or cuda:N", "NAME", "auto");
  options.flag("dump-config", "print the resolved configuration and stop");
  options.flag(
      "print-schedule",
      "print the noise schedule as a table (time, beta, alpha_bar, signal, noise) and stop");
  options.flag("document-config",
               "print every setting with its default, range and meaning and stop");
  return app::run_app(argc, argv, std::move(options), run);
}
