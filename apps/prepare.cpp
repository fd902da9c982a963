// SPDX-License-Identifier: MIT
#include "svgfusion/dataset/prepare.h"

#include "app.h"
#include "svgfusion/base/error.h"
#include "svgfusion/base/log.h"

namespace {

using namespace svgfusion;
using base::concat;

dataset::PrepareJob read_job(const app::Options& options) {
  dataset::PrepareJob job;
  const config::Source source = options.config_source();
  config::read_section(source, "data", job.data);
  const std::string format = options.has("format") ? options.text_value("format") : job.data.format;
  job.data = dataset::DataConfig::defaults(format);  // which the file is read over
  config::read_section(source, "data", job.data);
  job.data.format = format;
  for (const std::string& input : options.texts_value("input")) job.inputs.emplace_back(input);
  if (job.inputs.empty())
    throw base::UsageError("--input is missing; see svgfusion-prepare --help");
  job.output = options.text_value("output");
  job.svg_folder = options.text_value("write-svg");
  if (job.output.empty() && job.svg_folder.empty()) {
    throw base::UsageError("neither --output nor --write-svg is given, so there is nothing to do");
  }
  job.report = options.text_value("report");
  const std::string stage = options.text_value("stage");
  job.stage = stage == "icon"     ? dataset::Stage::kIcon
              : stage == "tokens" ? dataset::Stage::kTokens
                                  : dataset::Stage::kDocument;
  if (options.has("labels")) job.data.labels = options.text_value("labels");
  if (options.has("split")) job.data.split = options.text_value("split");
  job.limit = options.integer_value("limit");
  job.strict = options.flag_value("strict");
  const auto jobs = static_cast<int>(options.integer_value("jobs"));
  job.jobs = jobs > 0 ? jobs : options.threads();
  return job;
}

void run(app::Options& options) {
  const dataset::PrepareSummary summary = dataset::prepare(read_job(options));
  base::log_info(concat("read ", base::count_of(summary.read, "icon"), ", kept ", summary.kept,
                        " (", base::count_of(summary.contours, "contour"), ", ",
                        base::count_of(summary.commands, "command"), "), ",
                        base::count_of(summary.duplicates, "duplicate"), ", ",
                        base::count_of(summary.near_duplicates, "near duplicate"), ", ",
                        base::count_of(summary.leaks, "leak"), ", in ",
                        base::to_fixed(summary.seconds, 2), " s; reading went at ",
                        base::to_fixed(static_cast<double>(summary.read) / summary.read_seconds, 0),
                        " icons/s"));
  const auto list = [](const char* what, const std::map<std::string, std::int64_t>& counts) {
    for (const auto& [name, count] : counts) base::log_info(concat(what, " ", count, ": ", name));
  };
  list("left out", summary.reasons);
  list("license", summary.licenses);
  list("split", summary.splits);
}

}  // namespace

int main(int argc, char** argv) {
  app::Options options("svgfusion-prepare", "Turns SVG icons into a dataset file.",
                       "svgfusion-prepare --input icons/ --output icons.dataset.safetensors");
  options.texts("i,input",
                "an .svg file, a folder, a .tsv manifest, an Iconify .json set or a folder of "
                "them, a .ttf or .otf font; repeatable",
                "PATH");
  options.text("o,output", "the dataset file to write", "FILE");
  options.choice("format", "deepsvg: read and simplify as DeepSVG's preprocessing does",
                 "canonical", {dataset::kFormats.begin(), dataset::kFormats.end()});
  options.choice("labels", "where labels come from", "auto",
                 {dataset::kLabelRules.begin(), dataset::kLabelRules.end()});
  options.choice("split", "what stays together in train, validation or test", "none",
                 {dataset::kSplitRules.begin(), dataset::kSplitRules.end()});
  options.integer("limit", "read at most so many icons; 0: all", 0, 0, 1'000'000'000);
  options.text("write-svg", "also write each drawing as it was understood", "DIR");
  options.choice("stage", "what --write-svg writes", "document", {"document", "icon", "tokens"});
  options.text("report", "write counts, reasons and every skipped file", "FILE.json");
  options.flag("strict", "the first thing that is not drawn as its file asks is an error");
  options.integer("jobs", "icons read at once; 0: one a processor", 0, 0, 4096);
  return app::run_app(argc, argv, std::move(options), run);
}
