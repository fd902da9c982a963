// SPDX-License-Identifier: MIT
#include "targets.h"

#include <fcntl.h>
#include <unistd.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <iostream>

#include "svgfusion/base/error.h"
#include "svgfusion/base/safetensors.h"
#include "svgfusion/dataset/dataset.h"
#include "svgfusion/dataset/prepare.h"
#include "svgfusion/dataset/source.h"
#include "svgfusion/svg/color.h"
#include "svgfusion/svg/css.h"
#include "svgfusion/svg/document.h"
#include "svgfusion/svg/length.h"
#include "svgfusion/svg/path_data.h"
#include "svgfusion/svg/transform.h"

namespace svgfusion::fuzz {
namespace {

namespace fs = std::filesystem;

// A promise that is broken is a finding, however the program is built.
void require(bool holds, const char* promise) {
  if (holds) return;
  std::cerr << "broken promise: " << promise << '\n';
  std::abort();
}

bool is_finite(const svg::Path& path) {
  const auto finite = [](svg::Point p) { return std::isfinite(p.x) && std::isfinite(p.y); };
  for (const svg::Subpath& subpath : path.subpaths) {
    if (!finite(subpath.start)) return false;
    for (const svg::Segment& s : subpath.segments) {
      if (!finite(s.end) || !finite(s.control1) || !finite(s.control2)) return false;
    }
  }
  return true;
}

// The bytes as a file of this process, for what reads files.
class ScratchFile {
 public:
  explicit ScratchFile(const char* extension, std::string_view bytes)
      : path_(fs::temp_directory_path() /
              base::concat("svgfusion-fuzz-", static_cast<std::int64_t>(::getpid()), extension)) {
    const int file = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    require(file >= 0 &&
                ::write(file, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()),
            "the scratch file can be written");
    ::close(file);
  }
  ~ScratchFile() { fs::remove(path_); }
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

void numbers(std::string_view bytes) {
  svg::Cursor cursor(bytes);
  while (!cursor.at_end()) {
    const std::size_t before = cursor.position();
    if (const auto value = cursor.number()) {
      require(std::isfinite(*value), "numbers are finite");
      require(cursor.position() > before, "a number takes characters");
      const std::string text = base::to_text(*value);
      svg::Cursor again(text);
      require(again.number() == value, "what is written reads back the same");
    } else {
      require(cursor.position() == before, "what is no number is left alone");
      cursor.advance();
    }
  }
  if (const auto length = svg::parse_length(bytes)) {
    require(std::isfinite(length->value), "lengths are finite");
  }
  svg::parse_transform(bytes);
  svg::parse_points(bytes);
}

void path(std::string_view bytes) {
  const svg::ParsedPath parsed = svg::parse_path(bytes);
  require(!parsed.error_at || *parsed.error_at <= bytes.size(), "errors have a place");
  require(is_finite(parsed.path), "coordinates are finite");
  const std::string text = svg::write_path(parsed.path, 6);
  const svg::ParsedPath again = svg::parse_path(text);
  require(!again.error_at, "what is written is valid");
  require(again.path.subpaths.size() == parsed.path.subpaths.size(), "no subpath is lost");
}

void style(std::string_view bytes) {
  for (const svg::Declaration& d : svg::parse_declarations(bytes)) {
    require(!d.name.empty(), "declarations have names");
    svg::parse_color(d.value);
  }
  svg::StyleSheet sheet;
  sheet.add(bytes);
  svg::Element element;
  element.name = "path";
  element.attributes = {{"class", "a b"}, {"id", "x"}, {"fill", "red"}};
  const svg::Declared declared(element, sheet);
  svg::compute_style({}, declared, {});
}

void document(std::string_view bytes) {
  dataset::PrepareJob job;
  job.svg_folder = "unused";  // asks for the text of the drawing
  const dataset::PreparedIcon icon = dataset::prepare_icon(bytes, "input", job);
  if (!icon.skip_reason.empty()) return;
  require(icon::over_limits(icon.tokens, job.data.limits).empty(), "kept icons are in the limits");
  const svg::Document again = svg::read_document(icon.svg, "written");
  require(again.problems.empty(), "what is written reads back without a problem");
}

void iconify(std::string_view bytes) {
  const ScratchFile file(".json", bytes);
  try {
    for (const auto& input : dataset::find_inputs({file.path()})) {
      for (const dataset::RawIcon& icon : input->open())
        require(icon.skip_reason.empty() != icon.svg.empty(), "an icon is drawn or explained");
    }
  } catch (const base::DataError&) {
  }
}

void dataset_file(std::string_view bytes) {
  const ScratchFile file(".safetensors", bytes);
  try {
    const dataset::Dataset data(file.path());
    for (std::int64_t i = 0; i < data.size(); ++i) {
      data.icon(i);
      data.name(i);
    }
  } catch (const base::DataError&) {
  }
}

void safetensors(std::string_view bytes) {
  const ScratchFile file(".safetensors", bytes);
  try {
    const base::SafetensorsFile tensors(file.path());
    std::size_t sum = 0;
    for (const auto& [name, view] : tensors.tensors()) {
      for (const std::uint8_t byte : view.bytes) sum += byte;
    }
    require(sum <= bytes.size() * 255, "tensors do not reach beyond the file");
  } catch (const base::DataError&) {
  }
}

}  // namespace

const std::vector<Target>& targets() {
  static const std::vector<Target> all{
      {"numbers", numbers},        {"path", path},       {"style", style},
      {"document", document},      {"iconify", iconify}, {"dataset", dataset_file},
      {"safetensors", safetensors}};
  return all;
}

}  // namespace svgfusion::fuzz
