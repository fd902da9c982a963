// SPDX-License-Identifier: MIT
#include "output_folder.h"

#include <algorithm>
#include <utility>

#include "svgfusion/base/files.h"
#include "svgfusion/base/text.h"
#include "svgfusion/render/sheet.h"

namespace svgfusion::pipeline {

OutputFolder::OutputFolder(std::filesystem::path folder) : folder_(std::move(folder)) {
  if (!folder_.empty()) base::ensure_folder(folder_);
}

OutputFolder::Written OutputFolder::add(const std::string& label, std::int64_t number,
                                        const icon::Icon& icon) {
  std::string digits = base::to_text(number);
  digits.insert(0, digits.size() < 4 ? 4 - digits.size() : 0, '0');
  Written written{base::concat(folder_name(label), "/", digits, ".svg"), label};
  if (!folder_.empty()) {
    base::ensure_folder(folder_ / folder_name(label));
    base::write_file(folder_ / written.file, svg::write_document(icon::to_document(icon)));
  }
  const auto band =
      std::find_if(bands_.begin(), bands_.end(), [&](const auto& b) { return b.first == label; });
  if (band == bands_.end()) {
    bands_.push_back({label, {icon}});
  } else {
    band->second.push_back(icon);
  }
  written_.push_back(written);
  return written;
}

void OutputFolder::finish(const std::string& title, const std::filesystem::path& sheet) {
  if (!folder_.empty()) {
    std::vector<render::GalleryEntry> entries;
    for (const Written& written : written_) entries.push_back({written.label, written.file});
    render::write_gallery(folder_ / "index.html", title, entries);
  }
  if (sheet.empty()) return;
  std::vector<render::SheetRow> rows;
  for (const auto& [label, icons] : bands_) rows.push_back({label, icons});
  render::write_sheet(sheet, rows);
}

std::string folder_name(const std::string& label) {
  std::string name;
  for (const char c : label) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_' || c == '.';
    name += plain ? c : '_';
  }
  return name.empty() || name.front() == '.' ? "_" + name : name;
}

}  // namespace svgfusion::pipeline
