// SPDX-License-Identifier: MIT
#include "app.h"
#include "svgfusion/base/log.h"
#include "svgfusion/base/text.h"
#include "svgfusion/pipeline/jobs.h"

namespace {

using namespace svgfusion;

void run(app::Options& options) {
  pipeline::EncodeJob job;
  job.model = options.required("model");
  job.data = options.required("data");
  job.output = options.required("output");
  job.device = options.text_value("device");
  job.threads = options.threads();
  job.batch_size = options.integer_value("batch");
  const std::int64_t count = pipeline::encode(job);
  base::log_info(
      base::concat("encoded ", base::count_of(count, "icon"), " to ", job.output.string()));
}

}  // namespace

int main(int argc, char** argv) {
  app::Options options("svgfusion-encode", "Turns a dataset's icons into latents.",
                       "svgfusion-encode --model runs/quickstart/model --data "
                       "icons.dataset.safetensors --output icons.latents.safetensors");
  options.text("m,model", "the model directory", "DIR");
  options.text("data", "the dataset file", "FILE");
  options.text("o,output", "the latents file to write", "FILE");
  options.text("device", "auto, cpu, cuda or cuda:N", "NAME", "auto");
  options.integer("batch", "icons at once", 256, 1, 65536);
  return app::run_app(argc, argv, std::move(options), run);
}
