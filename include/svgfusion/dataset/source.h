// SPDX-License-Identifier: MIT
// Where icons come from: files, folders and manifests become one list of items.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace svgfusion::dataset {

struct SourceItem {
  std::filesystem::path file;
  std::string name;    // unique; relative to the input it came from
  std::string source;  // icon set: the manifest's column, else the input's name
  std::string label;   // of the manifest; empty where it has none
  std::string folder;  // name of the file's own folder below the input; empty at its top
  std::string family;  // of the manifest, else base_name of the file
  std::string license;
};

// Every input in turn: an .svg file, a folder (all .svg below it, sorted), or a .tsv manifest.
// Throws FileError or DataError; an input without any icon is an error too.
std::vector<SourceItem> collect_items(const std::vector<std::filesystem::path>& inputs);

// A tab-separated table whose first line names the columns: `file` (relative to the manifest) and
// any of label, family, set, license. Further columns are ignored.
std::vector<SourceItem> read_manifest(const std::filesystem::path& path);

// The drawing's own name: the file name without its set ("mdi__"), extension, and words that name
// a style or a size ("bell-fill", "bell-outline-24" → "bell").
std::string base_name(std::string_view file_name);

}  // namespace svgfusion::dataset
