// SPDX-License-Identifier: MIT
#include "svgfusion/training/metrics_log.h"

#include <nlohmann/json.hpp>

#include "svgfusion/base/files.h"
#include "svgfusion/base/text.h"

namespace svgfusion::training {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

bool is_kept(const std::string& line, const std::string& stage, std::int64_t step) {
  const json parsed = json::parse(line, nullptr, false);
  if (!parsed.is_object()) return false;
  return parsed.value("stage", "") != stage || parsed.value("step", std::int64_t{0}) <= step;
}

}  // namespace

MetricsLog::MetricsLog(const fs::path& run, std::string stage, std::int64_t step)
    : path_(run / "metrics.jsonl"),
      stage_(std::move(stage)),
      events_(run / "tensorboard" / stage_, step) {
  if (!fs::exists(path_)) return;
  const std::string content = base::read_file(path_);
  std::string kept;
  for (const std::string& line : base::split(content, '\n')) {
    if (is_kept(line, stage_, step)) kept += line + '\n';
  }
  if (kept != content) base::write_file(path_, kept);
}

void MetricsLog::write(std::int64_t step, double seconds,
                       const std::map<std::string, double>& values) {
  json line = values;
  line["stage"] = stage_;
  line["step"] = step;
  line["seconds"] = seconds;
  base::append_file(path_, line.dump() + '\n');
  events_.scalars(step, values);
}

void MetricsLog::picture(std::int64_t step, const fs::path& png) {
  events_.image(step, "preview", base::read_file(png));
}

}  // namespace svgfusion::training
