// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "svgfusion/icon/icon.h"
#include "svgfusion/icon/tokens.h"
#include "svgfusion/render/sheet.h"

namespace svgfusion::pipeline {

// Icons as DIR/LABEL/0000.svg, with a gallery, and a sheet with one band a label.
class OutputFolder {
 public:
  // Checks at once that the folder can be written. An empty folder writes no files, an empty sheet
  // none either. Icons draw with `styles`.
  OutputFolder(std::filesystem::path folder, std::filesystem::path sheet,
               std::vector<icon::Style> styles);

  struct Item {
    std::string label;
    std::int64_t number;  // names the file within its label
    icon::TokenIcon tokens;
  };
  // Writes files on all threads. Each is whole or not there, but not on the disk before `finish`.
  // Returns their names, relative to the folder.
  std::vector<std::string> add(const std::vector<Item>& items);

  // index.html beside the files, and the sheet.
  void finish(const std::string& title);

 private:
  struct Written {
    std::string file;
    std::string label;
  };

  std::filesystem::path folder_, sheet_;
  std::vector<icon::Style> styles_;
  std::vector<Written> written_;
  std::set<std::string> made_;           // folders of labels
  std::vector<render::SheetRow> bands_;  // for the sheet
};

// A label as the name of a folder: everything but letters, digits, '-', '_' and '.' becomes '_'.
std::string folder_name(const std::string& label);

}  // namespace svgfusion::pipeline
