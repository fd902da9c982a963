// SPDX-License-Identifier: MIT
#include "output_folder.h"

#include <algorithm>
#include <utility>

#include "svgfusion/base/files.h"
#include "svgfusion/base/text.h"
#include "svgfusion/nn/process.h"

namespace svgfusion::pipeline {

OutputFolder::OutputFolder(std::filesystem::path folder, std::filesystem::path sheet,
                           std::vector<icon::Style> styles)
    : folder_(std::move(folder)), sheet_(std::move(sheet)), styles_(std::move(styles)) {
  if (!folder_.empty()) base::ensure_folder(folder_);
}

std::vector<std::string> OutputFolder::add(const std::vector<Item>& items) {
  std::vector<std::string> files;
  for (const Item& item : items) {
    const std::string folder = folder_name(item.label);
    if (!folder_.empty() && made_.insert(folder).second) base::ensure_folder(folder_ / folder);
    std::string digits = base::to_text(item.number);
    digits.insert(0, digits.size() < 4 ? 4 - digits.size() : 0, '0');
    files.push_back(base::concat(folder, "/", digits, ".svg"));
    written_.push_back({files.back(), item.label});
  }
  std::vector<icon::Icon> icons(items.size());
  constexpr std::int64_t kGrain = 16;
  nn::for_each_index(items.size(), kGrain, [&](std::size_t i) {
    icons[i] = icon::from_tokens(items[i].tokens, styles_);
    if (folder_.empty()) return;
    base::write_file(folder_ / files[i], svg::write_document(icon::to_document(icons[i])),
                     base::Durability::kSyncedLater);
  });
  for (std::size_t i = 0; i < items.size() && !sheet_.empty(); ++i) {
    const auto band = std::find_if(bands_.begin(), bands_.end(),
                                   [&](const auto& b) { return b.title == items[i].label; });
    auto& row =
        band == bands_.end() ? bands_.emplace_back(render::SheetRow{items[i].label, {}}) : *band;
    row.icons.push_back(std::move(icons[i]));
  }
  return files;
}

void OutputFolder::finish(const std::string& title) {
  if (!folder_.empty()) {
    std::vector<render::GalleryEntry> entries;
    for (const Written& written : written_) entries.push_back({written.label, written.file});
    render::write_gallery(folder_ / "index.html", title, entries);
    base::sync_file_system(folder_);
  }
  if (!sheet_.empty()) render::write_sheet(sheet_, bands_);
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
