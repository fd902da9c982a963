// SPDX-License-Identifier: MIT
#include "support/support.h"

#include "svgfusion/dataset/dataset_writer.h"

#include <unistd.h>

#include <cstdlib>

#include "svgfusion/base/files.h"
#include "svgfusion/icon/canonical.h"
#include "svgfusion/icon/tokens.h"

namespace svgfusion::test {
namespace fs = std::filesystem;

TemporaryFolder::TemporaryFolder() {
  std::string pattern = (fs::temp_directory_path() / "svgfusion-test-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
  path_ = pattern;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

fs::path source_path(const std::string& relative) {
  return fs::path(SVGFUSION_SOURCE_DIR) / relative;
}
std::string read(const fs::path& path) { return base::read_file(path); }
void write(const fs::path& path, const std::string& content) {
  if (path.has_parent_path()) fs::create_directories(path.parent_path());
  base::write_file(path, content);
}

std::string svg_text(const std::string& body, const std::string& attributes) {
  return "<svg xmlns=\"http://www.w3.org/2000/svg\" " + attributes + ">" + body + "</svg>";
}

icon::TokenIcon make_icon(int variant, icon::Grid grid) {
  const int x = variant % 2 == 0 ? 4 : 12;
  const int size = 5 + variant % 4;
  const std::string square =
      base::concat("<rect x=\"", x, "\" y=\"4\" width=\"", size, "\" height=\"", size, "\"/>");
  const std::string ring =
      base::concat("<circle cx=\"12\" cy=\"", 14 + variant % 3, "\" r=\"4\"/>");
  const auto result = icon::canonical_icon(svg::read_document(svg_text(square + ring), "test"));
  return icon::to_tokens(result.icon, grid);
}

void write_tiny_dataset(const fs::path& path, int count, bool held_out, icon::Grid grid) {
  dataset::DatasetInfo info;
  info.label_names = {"left", "right"};
  info.styles = {icon::Style{}, icon::Style{icon::Style::Kind::kStroke, 0xFF, 2,
                                            svg::LineCap::kRound, svg::LineJoin::kRound}};
  info.limits = {4, 12, 24};
  info.grid_bits = grid.bits;
  dataset::DatasetWriter writer;
  for (int i = 0; i < count; ++i) {
    dataset::Sample sample;
    sample.icon = make_icon(i, grid);
    sample.label = i % 2;
    sample.family = i;
    sample.split = held_out && i % 4 == 3 ? dataset::Split::kValidation : dataset::Split::kTrain;
    sample.name = base::concat("icon-", i);
    writer.add(sample);
  }
  writer.write(path, info);
}

}  // namespace svgfusion::test
