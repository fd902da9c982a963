// SPDX-License-Identifier: MIT
// A dataset of format deepsvg holds the very integers of the reference program.
#include <map>
#include <nlohmann/json.hpp>

#include "support/support.h"
#include "svgfusion/base/json.h"
#include "svgfusion/dataset/prepare.h"

namespace svgfusion::dataset {
namespace {

using nlohmann::json;

// Rows of 14 columns: command, five of arcs, start, control1, control2, end; -1 where unused.
void expect_rows(const json& contours, const icon::TokenIcon& tokens) {
  ASSERT_EQ(tokens.contour_count(), contours.size());
  for (std::size_t c = 0; c < contours.size(); ++c) {
    ASSERT_EQ(tokens.contour_length(c), contours[c].size());
    for (std::size_t r = 0; r < contours[c].size(); ++r) {
      const json& row = contours[c][r];
      const std::size_t at = tokens.contour_offsets[c] + r;
      EXPECT_EQ(row[0], static_cast<int>(tokens.commands[at]));
      for (std::size_t k = 0; k < 6; ++k) {
        const double expected = row[8 + k];
        EXPECT_EQ(expected < 0 ? 0 : expected, tokens.arguments[at][k]) << "row " << r;
      }
    }
  }
}

TEST(DeepSvgDataset, HoldsTheReferencesIntegers) {
  const json cases = base::read_json(test::source_path("tests/reference/svg_pipeline.json"));
  const test::TemporaryFolder folder;
  std::map<std::string, json> of_file;
  std::size_t number = 0;
  for (const auto& [name, expected] : cases.items()) {
    const std::string file = base::concat("case-", 100 + number++, ".svg");
    test::write(folder / ("in/" + file), expected["input"]);
    of_file[file] = expected;
  }
  for (const double zoom : {1.0, 0.7}) {
    PrepareJob job;
    job.inputs = {folder / "in"};
    job.output = folder / "out";
    job.data = DataConfig::defaults("deepsvg");
    job.data.deepsvg_zoom = zoom;
    job.data.limits = {16, 64, 200};  // room for all, beyond the reference's filter
    const PrepareSummary summary = prepare(job);
    EXPECT_EQ(summary.kept, 21);
    const Dataset data(folder / "out");
    for (std::int64_t i = 0; i < data.size(); ++i) {
      SCOPED_TRACE(data.name(i));
      const json& expected = of_file.at(std::string(data.name(i)));
      ASSERT_FALSE(expected.contains("A_error"));
      expect_rows(expected[zoom == 1 ? "A_numericalized" : "A_mean_aug_numericalized"],
                  data.tokens(i));
    }
  }
}

TEST(DeepSvgDataset, FiltersAsTheReferenceDoes) {
  const DataConfig config = DataConfig::defaults("deepsvg");
  EXPECT_EQ(config.limits.max_contours, 8);
  EXPECT_EQ(config.limits.max_commands_per_contour, 30);
  EXPECT_EQ(config.limits.max_commands, 50);
  EXPECT_EQ(config.duplicates, "keep");
  PrepareJob job;
  job.data = config;
  const auto reason = [&](const std::string& body) {
    return prepare_deepsvg_icon(test::svg_text(body), "x.svg", job).skip_reason;
  };
  EXPECT_CONTAINS(reason("<circle cx='3' cy='3' r='2'/>"), "fails on shapes that are no path");
  EXPECT_EQ(reason("<path d='M1 1 L9 9'/>"), "");
  job.data.deepsvg_order = "simplify";
  EXPECT_EQ(reason("<circle cx='3' cy='3' r='2'/>"), "");
}

}  // namespace
}  // namespace svgfusion::dataset
