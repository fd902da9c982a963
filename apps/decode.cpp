// SPDX-License-Identifier: MIT
#include "app.h"
#include "svgfusion/base/log.h"
#include "svgfusion/base/text.h"
#include "svgfusion/pipeline/jobs.h"

namespace {

using namespace svgfusion;

void run(app::Options& options) {
  pipeline::DecodeJob job;
  job.model = options.required("model");
  job.latents = options.required("latents");
  job.output = options.required("output");
  job.sheet = options.text_value("sheet");
  job.device = options.text_value("device");
  job.threads = options.threads();
  job.batch_size = options.integer_value("batch");
  const std::int64_t count = pipeline::decode(job);
  base::log_info(
      base::concat("wrote ", base::count_of(count, "icon"), " to ", job.output.string()));
}

}  // namespace

int main(int argc, char** argv) {
  app::Options options("svgfusion-decode", "Turns latents into SVG files.",
                       "svgfusion-decode --model runs/quickstart/model --latents "
                       "icons.latents.safetensors --output decoded/");
  options.text("m,model", "the model directory", "DIR");
  options.text("latents", "the latents file", "FILE");
  options.text("o,output", "the folder to write to", "DIR");
  options.text("sheet", "also draw all icons on one picture", "FILE.png");
  options.text("device", "auto, cpu, cuda or cuda:N", "NAME", "auto");
  options.integer("batch", "icons at once", 256, 1, 65536);
  return app::run_app(argc, argv, std::move(options), run);
}
