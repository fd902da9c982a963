// SPDX-License-Identifier: MIT
#include <cstdio>
#include <nlohmann/json.hpp>

#include "app.h"
#include "svgfusion/base/json.h"
#include "svgfusion/evaluation/evaluate.h"

namespace {

using namespace svgfusion;

void run(app::Options& options) {
  evaluation::EvaluateJob job;
  job.model = options.required("model");
  job.data = options.required("data");
  job.sheet = options.text_value("sheet");
  job.count = options.integer_value("count");
  job.seed = options.integer_value("seed");
  job.device = options.text_value("device");
  job.threads = options.threads();
  const nlohmann::json report = evaluation::evaluate(job);
  if (options.has("report")) {
    base::write_json(options.text_value("report"), report);
  } else {
    std::puts(report.dump(2).c_str());
  }
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
  options.integer("seed", "of the samples", 0, 0, INT64_MAX);
  options.text("device", "auto, cpu, cuda or cuda:N", "NAME", "auto");
  return app::run_app(argc, argv, std::move(options), run);
}
