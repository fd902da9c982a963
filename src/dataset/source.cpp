// SPDX-License-Identifier: MIT
#include "svgfusion/dataset/source.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "svgfusion/base/error.h"
#include "svgfusion/base/files.h"

namespace svgfusion::dataset {
namespace {

using base::concat;
using base::DataError;
using base::FileError;
namespace fs = std::filesystem;

// Words at the end of a name that say how a drawing is styled, not what it shows.
constexpr std::array<std::string_view, 22> kStyleWords{
    "fill",    "filled",  "outline", "outlined", "solid", "bold", "thin",   "light",
    "regular", "duotone", "rounded", "round",    "sharp", "line", "linear", "twotone",
    "16",      "20",      "24",      "32",       "48",    "alt"};

bool is_svg(const fs::path& path) { return base::lower(path.extension().string()) == ".svg"; }

SourceItem file_item(const fs::path& file, const fs::path& root) {
  SourceItem item;
  item.file = file;
  const fs::path relative = file.lexically_relative(root);
  item.name = relative.generic_string();
  item.source =
      root.filename().empty() ? root.parent_path().filename().string() : root.filename().string();
  if (relative.has_parent_path()) item.folder = relative.parent_path().filename().string();
  item.family = base_name(file.filename().string());
  return item;
}

std::vector<SourceItem> read_folder(const fs::path& folder) {
  std::vector<SourceItem> items;
  for (const fs::path& file : base::list_files(folder, {".svg"}))
    items.push_back(file_item(file, folder));
  return items;
}

std::vector<SourceItem> read_input(const fs::path& input) {
  std::error_code error;
  const fs::file_status status = fs::status(input, error);
  if (!fs::exists(status)) {
    throw FileError(concat(input.string(),
                           ": does not exist; expected an .svg file, a folder or a .tsv manifest"));
  }
  if (fs::is_directory(status)) return read_folder(input);
  if (is_svg(input)) return {file_item(input, input.has_parent_path() ? input.parent_path() : ".")};
  if (base::lower(input.extension().string()) == ".tsv") return read_manifest(input);
  throw DataError(concat(
      input.string(),
      ": is of no kind that can be read; expected an .svg file, a folder or a .tsv manifest"));
}

}  // namespace

std::string base_name(std::string_view file_name) {
  std::string name = base::lower(file_name.substr(0, file_name.rfind('.')));
  if (const std::size_t mark = name.rfind("__"); mark != std::string::npos) name.erase(0, mark + 2);
  for (char& c : name) {
    if (c == '_' || c == ' ') c = '-';
  }
  while (true) {
    const std::size_t dash = name.rfind('-');
    if (dash == std::string::npos || dash == 0) return name;
    const std::string_view last = std::string_view(name).substr(dash + 1);
    if (std::find(kStyleWords.begin(), kStyleWords.end(), last) == kStyleWords.end()) return name;
    name.resize(dash);
  }
}

std::vector<SourceItem> read_manifest(const fs::path& path) {
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
  std::vector<SourceItem> items;
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
    SourceItem item = file_item(path.parent_path() / cell("file"),
                                path.has_parent_path() ? path.parent_path() : ".");
    item.name = fs::path(cell("file")).generic_string();
    item.label = cell("label");
    item.license = cell("license");
    if (!cell("set").empty()) item.source = cell("set");
    if (!cell("family").empty()) item.family = cell("family");
    items.push_back(std::move(item));
  }
  return items;
}

std::vector<SourceItem> collect_items(const std::vector<fs::path>& inputs) {
  std::vector<SourceItem> items;
  for (const fs::path& input : inputs) {
    std::vector<SourceItem> found = read_input(input);
    if (found.empty())
      throw DataError(concat(input.string(), ": holds no icon; expected .svg files"));
    std::move(found.begin(), found.end(), std::back_inserter(items));
  }
  std::set<std::string> names;
  for (SourceItem& item :
       items) {  // the same name in two inputs: the later one gets its source in front
    for (int copy = 1; !names.insert(item.name).second; ++copy) {
      item.name = copy == 1 ? concat(item.source, "/", item.name) : concat(item.name, "~", copy);
    }
  }
  return items;
}

}  // namespace svgfusion::dataset
