// SPDX-License-Identifier: MIT
// From icon files to the dataset file: the whole of svgfusion-prepare.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "svgfusion/dataset/data_config.h"
#include "svgfusion/dataset/dataset.h"
#include "svgfusion/svg/document.h"

namespace svgfusion::dataset {

enum class Stage { kDocument, kIcon, kTokens };

struct PrepareJob {
  std::vector<std::filesystem::path> inputs;
  std::filesystem::path output;      // empty: write no dataset
  std::filesystem::path svg_folder;  // empty: write no SVG files
  std::filesystem::path report;      // empty: write no report
  Stage stage = Stage::kDocument;
  DataConfig data;
  std::int64_t limit = 0;  // of items read; 0: all
  bool strict = false;     // anything that is not drawn as the file asks is an error
  int jobs = 1;            // threads; the result does not depend on it
};

struct PrepareSummary {
  std::int64_t read = 0;
  std::int64_t kept = 0;
  std::int64_t duplicates = 0;       // equal on the grid to an earlier icon
  std::int64_t near_duplicates = 0;  // of nearly the same picture
  std::int64_t leaks = 0;            // dropped from train for a held-out icon like them
  std::int64_t contours = 0;
  std::int64_t commands = 0;
  std::map<std::string, std::int64_t> splits;    // icons kept in each
  std::map<std::string, std::int64_t> licenses;  // icons kept under each
  std::map<std::string, std::int64_t> reasons;   // why others were left out, without their details
  double read_seconds = 0;                       // from files to tokens, before icons are compared
  double seconds = 0;                            // all of it
};

// Throws FileError or DataError; with `strict`, DataError for the first problem in any file.
// Can be interrupted by a signal: nothing is written then.
PrepareSummary prepare(const PrepareJob& job);

// One icon from its drawing to tokens, the heart of the job. `skip_reason` says why there are none;
// styles are the icon's own table.
struct PreparedIcon {
  icon::TokenIcon tokens;
  std::vector<icon::Style> styles;
  std::string skip_reason;
  std::vector<std::string> notes;  // what the file says that the drawing does not show
  std::string svg;                 // the drawing at job.stage, when SVG files are wanted
};
PreparedIcon prepare_icon(std::string_view bytes, std::string_view where, const PrepareJob& job);
PreparedIcon prepare_icon(const svg::Document& document, const PrepareJob& job);
// The same by DeepSVG's rules, for data.format deepsvg.
PreparedIcon prepare_deepsvg_icon(std::string_view bytes, std::string_view where,
                                  const PrepareJob& job);

}  // namespace svgfusion::dataset
