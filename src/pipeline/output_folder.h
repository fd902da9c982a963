// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "svgfusion/icon/icon.h"

namespace svgfusion::pipeline {

// Icons as DIR/LABEL/0000.svg, with a gallery, and a sheet with one band a label.
class OutputFolder {
 public:
  // Checks at once that the folder can be written. An empty path writes no files.
  explicit OutputFolder(std::filesystem::path folder);

  struct Written {
    std::string file;  // relative to the folder
    std::string label;
  };
  // `number` names the file within its label.
  Written add(const std::string& label, std::int64_t number, const icon::Icon& icon);

  // index.html beside the files, and the sheet where its path is not empty.
  void finish(const std::string& title, const std::filesystem::path& sheet);

 private:
  std::filesystem::path folder_;
  std::vector<Written> written_;
  std::vector<std::pair<std::string, std::vector<icon::Icon>>> bands_;
};

// A label as the name of a folder: everything but letters, digits, '-', '_' and '.' becomes '_'.
std::string folder_name(const std::string& label);

}  // namespace svgfusion::pipeline
