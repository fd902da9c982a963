// SPDX-License-Identifier: MIT
#include "svgfusion/training/train.h"

#include <cstdio>
#include <nlohmann/json.hpp>

#include "app.h"
#include "svgfusion/base/log.h"
#include "svgfusion/diffusion/process.h"
#include "svgfusion/training/processes.h"

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
  const std::string folder = options.required("run");
  const std::int64_t processes = options.integer_value("processes");
  const training::Launch launch = training::read_launch(training::process_environment());
  if (processes > 1 && launch.launcher.empty()) {
    training::run_processes(processes, options.arguments());
    return;
  }
  if (launch.rank > 0) base::start_log(base::LogLevel::kQuiet);  // the first speaks for all
  training::train(config, {folder, options.text_value("stage"), options.text_value("resume"),
                           options.text_value("device"), options.threads(launch.local_world),
                           options.flag_value("profile"), options.text_value("graph") == "auto",
                           options.text_value("kernels") == "auto", launch});
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
  options.integer("processes",
                  "processes to start on this machine, each with its part of every batch (and, "
                  "with --device auto or cuda, its GPU); torchrun, srun and mpirun start them "
                  "themselves",
                  1, 1, 1024);
  options.choice("graph", "auto: on a GPU, replay a step as one CUDA graph", "auto",
                 {"auto", "off"});
  options.choice("kernels",
                 "auto: kernels of our own where there are some for the device; off: LibTorch's "
                 "operations",
                 "auto", {"auto", "off"});
  options.flag("profile",
               "write RUN/profile-STAGE.json, a trace of ten steps for chrome://tracing");
  options.flag("dump-config", "print the resolved configuration and stop");
  options.flag(
      "print-schedule",
      "print the noise schedule as a table (time, beta, alpha_bar, signal, noise) and stop");
  options.flag("document-config",
               "print every setting with its default, range and meaning and stop");
  return app::run_app(argc, argv, std::move(options), run);
}
