// SPDX-License-Identifier: MIT
#include <map>

#include "input_kinds.h"
#include "svgfusion/base/error.h"
#include "svgfusion/base/files.h"

namespace svgfusion::dataset {
namespace {

using base::concat;
using base::DataError;
namespace fs = std::filesystem;

}  // namespace

std::vector<RawIcon> manifest_icons(const fs::path& path) {
  const std::string text = base::read_file(path);
  std::vector<std::string> lines = base::split(text, '\n');
  for (std::string& line : lines) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
  }
  std::map<std::string, std::size_t> columns;
  const std::vector<std::string> head = base::split(lines[0], '\t');
  for (std::size_t i = 0; i < head.size(); ++i) columns[head[i]] = i;
  if (!columns.contains("file")) {
    throw DataError(concat(path.string(),
                           ":1: has no column 'file'; expected a tab-separated table whose first "
                           "line names its columns: file, label, family, set, license"));
  }
  std::vector<RawIcon> icons;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    if (base::trim(lines[i]).empty()) continue;
    const std::vector<std::string> cells = base::split(lines[i], '\t');
    if (cells.size() != head.size()) {
      throw DataError(concat(path.string(), ":", i + 1, ": has ", cells.size(),
                             " columns; the first line names ", head.size()));
    }
    const auto cell = [&](const char* column) {
      const auto it = columns.find(column);
      return it == columns.end() ? std::string() : cells[it->second];
    };
    if (cell("file").empty()) throw DataError(concat(path.string(), ":", i + 1, ": names no file"));
    RawIcon icon = file_icon(path.parent_path() / cell("file"),
                             path.has_parent_path() ? path.parent_path() : ".");
    icon.item.name = fs::path(cell("file")).generic_string();
    icon.item.label = cell("label");
    icon.item.license = cell("license");
    if (!cell("set").empty()) icon.item.source = cell("set");
    if (!cell("family").empty()) icon.item.family = cell("family");
    icons.push_back(std::move(icon));
  }
  return icons;
}

}  // namespace svgfusion::dataset
