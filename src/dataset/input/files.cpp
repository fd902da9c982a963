// SPDX-License-Identifier: MIT
#include "svgfusion/base/files.h"
#include "input_kinds.h"
#include "svgfusion/dataset/names.h"

namespace svgfusion::dataset {
namespace {

namespace fs = std::filesystem;

class ListInput final : public Input {
 public:
  explicit ListInput(std::vector<RawIcon> icons) : icons_(std::move(icons)) {}
  std::int64_t expected_icons() const override { return static_cast<std::int64_t>(icons_.size()); }
  std::uint64_t bytes() const override { return 0; }
  std::vector<RawIcon> open() override { return std::move(icons_); }

 private:
  std::vector<RawIcon> icons_;
};

}  // namespace

RawIcon file_icon(const fs::path& file, const fs::path& root) {
  RawIcon icon;
  icon.file = file;
  icon.where = file.string();
  const fs::path relative = file.lexically_relative(root);
  icon.item.name = relative.generic_string();
  icon.item.source =
      root.filename().empty() ? root.parent_path().filename().string() : root.filename().string();
  if (relative.has_parent_path()) icon.item.folder = relative.parent_path().filename().string();
  icon.item.family = base_name(file.filename().string());
  return icon;
}

std::unique_ptr<Input> list_input(std::vector<RawIcon> icons) {
  return std::make_unique<ListInput>(std::move(icons));
}

std::vector<RawIcon> folder_icons(const fs::path& folder) {
  std::vector<RawIcon> icons;
  for (const fs::path& file : base::list_files(folder, kSvgEndings))
    icons.push_back(file_icon(file, folder));
  return icons;
}

}  // namespace svgfusion::dataset
