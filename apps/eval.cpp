// SPDX-License-Identifier: MIT
#include <cstdio>
#include <nlohmann/json.hpp>

#include "app.h"
#include "svgfusion/base/json.h"
#include "svgfusion/evaluation/evaluate.h"
#include "svgfusion/training/experiment.h"

namespace {

using namespace svgfusion;

evaluation::FloorJob floor_job(const app::Options& options) {
  evaluation::FloorJob job;
  job.latents = options.required("latents");
  job.model = options.text_value("model");
  const training::ExperimentConfig config = training::read_experiment(options.config_source());
  job.diffusion = config.diffusion;
  job.label_dropout = config.denoiser.label_dropout;
  job.latent_scale = config.denoiser.latent_scale;
  job.draws = options.integer_value("draws");
  job.seed = options.integer_value("seed");
  job.device = options.text_value("device");
  job.threads = options.threads();
  return job;
}

void write(const app::Options& options, const nlohmann::json& report) {
  if (options.has("report")) {
    base::write_json(options.text_value("report"), report);
  } else {
    std::puts(report.dump(2).c_str());
  }
}

void run(app::Options& options) {
  if (options.flag_value("floor")) {
    write(options, evaluation::floor(floor_job(options)));
    return;
  }
  evaluation::EvaluateJob job;
  job.model = options.required("model");
  job.data = options.required("data");
  job.sheet = options.text_value("sheet");
  job.count = options.integer_value("count");
  job.seed = options.integer_value("seed");
  job.device = options.text_value("device");
  job.threads = options.threads();
  write(options, evaluation::evaluate(job));
}

}  // namespace

int main(int argc, char** argv) {
  app::Options options("svgfusion-eval", "Says how good a model is, in numbers.",
                       "svgfusion-eval --model runs/quickstart/model --data "
                       "icons.dataset.safetensors --report report.json");
  options.text("m,model", "the model directory", "DIR");
  options.text("data", "the dataset file", "FILE");
  options.text("report", "the file to write; default: stdout", "FILE.json");
  options.text("sheet", "draw the samples above their nearest training icons", "FILE.png");
  options.integer("count", "samples a label; 0: reconstruction only", 8, 0, 100000);
  options.flag(
      "floor",
      "print the least loss that a perfect denoiser of --latents would score, for Gaussian "
      "latents and for exactly these; with --model also what its denoiser scores, else for "
      "the diffusion part of --config");
  options.text("latents", "with --floor: the latents file", "FILE");
  options.integer("draws", "with --floor: random latents, times and noises", 20000, 1,
                  1'000'000'000);
  options.integer("seed", "of the samples", 0, 0, INT64_MAX);
  options.text("device", "auto, cpu, cuda or cuda:N", "NAME", "auto");
  return app::run_app(argc, argv, std::move(options), run);
}
