// SPDX-License-Identifier: MIT
// What the prepare job says of its work: counts, reasons, every icon left out.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "entry.h"

namespace svgfusion::dataset {

struct SourceSet {
  std::string name;
  std::string license;
};

// The reason without the place it begins with, which the report gives beside it.
std::string without_place(std::string_view reason, std::string_view where);

PrepareSummary summarise(const std::vector<Entry>& entries, const std::vector<SourceSet>& sources);

nlohmann::json report(const PrepareSummary& summary, const std::vector<Entry>& entries,
                      const std::vector<icon::Style>& styles, const DataConfig& config);

// The first few on the screen, all of them in the debug log.
void list_skipped(const std::vector<Entry>& entries);

}  // namespace svgfusion::dataset
