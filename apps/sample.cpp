// SPDX-License-Identifier: MIT
#include "app.h"
#include "svgfusion/base/error.h"
#include "svgfusion/base/log.h"
#include "svgfusion/pipeline/jobs.h"

namespace {

using namespace svgfusion;

pipeline::SampleJob read_job(const app::Options& options) {
  pipeline::SampleJob job;
  job.model = options.required("model");
  job.output = options.text_value("output");
  job.output_latents = options.text_value("output-latents");
  job.noise = options.text_value("noise");
  job.sheet = options.text_value("sheet");
  job.strip = options.text_value("strip");
  job.animation = options.text_value("animation");
  job.random_latents = options.flag_value("random-latents");
  job.as_in_thesis = options.has("compat") && options.text_value("compat") == "thesis";
  job.labels = options.texts_value("label");
  if (options.has("labels")) {
    for (const std::string& label : base::split(options.text_value("labels"), ','))
      job.labels.push_back(label);
  }
  job.count = options.integer_value("count");
  job.seed = options.integer_value("seed");
  if (options.has("sampler")) job.sampler = options.text_value("sampler");
  if (options.has("steps")) job.steps = options.integer_value("steps");
  if (options.has("spacing")) job.spacing = options.text_value("spacing");
  if (options.has("eta")) job.eta = options.number_value("eta");
  if (options.has("guidance")) job.guidance = options.number_value("guidance");
  job.device = options.text_value("device");
  job.threads = options.threads();
  job.precision = options.text_value("precision");
  job.batch_size = options.integer_value("batch");
  return job;
}

void run(app::Options& options) {
  const pipeline::SampleJob job = read_job(options);
  const std::int64_t count = pipeline::sample(job);
  base::log_info(
      base::concat("wrote ", base::count_of(count, "sample"), " to ",
                   job.output.empty() ? job.output_latents.string() : job.output.string()));
}

}  // namespace

int main(int argc, char** argv) {
  app::Options options(
      "svgfusion-sample", "Draws new icons from a trained model.",
      "svgfusion-sample --model runs/quickstart/model --label bell --count 8 --output samples/");
  options.text("m,model", "the model directory", "DIR");
  options.text("o,output", "the folder to write SVG files to", "DIR");
  options.texts("label", "a label by name or index; repeatable; default: every label", "NAME");
  options.text("labels", "several labels, comma-separated", "I,J,…");
  options.integer("count", "samples a label", 8, 1, 1'000'000);
  options.integer("seed", "sample i of a label depends on the seed, the label and i alone", 0, 0,
                  INT64_MAX);
  options.integer("steps", "denoiser calls an icon; default: the model's", 50, 1, 100000);
  options.text("spacing", "which timesteps in place of evenly spread ones: 10,15,20 or ddim50",
               "LIST");
  options.choice("sampler", "default: the model's", "", {"ddpm", "ddim", "euler", "heun"});
  options.number("eta", "ddim: noise on the way; default: the model's", 0, 0, 1);
  options.number("guidance", "classifier-free guidance weight, 1 is none; default: the model's", 1,
                 0, 100);
  options.text("noise", "start from the tensor `noise` [N, T, D] of a file", "FILE.safetensors");
  options.text("output-latents", "also write the latents; alone, nothing is decoded", "FILE");
  options.text("sheet", "also draw all samples on one picture", "FILE.png");
  options.text("strip", "also draw the first sample at several steps from noise to icon",
               "FILE.png");
  options.text("animation", "the same as an animated SVG file", "FILE.svg");
  options.flag("random-latents", "decode N(0, 1) latents; no denoiser is asked");
  options.choice("compat", "thesis: sample as the thesis's program does, quirks included", "none",
                 {"none", "thesis"});
  options.text("device", "auto, cpu, cuda or cuda:N", "NAME", "auto");
  options.integer("batch", "samples at once", 256, 1, 65536);
  options.choice("precision",
                 "of the denoiser's products; bfloat16 is faster where the processor has such",
                 "float32", {"float32", "bfloat16"});
  return app::run_app(argc, argv, std::move(options), run);
}
