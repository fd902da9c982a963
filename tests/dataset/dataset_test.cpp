// SPDX-License-Identifier: MIT
#include "svgfusion/dataset/dataset_writer.h"

#include <algorithm>
#include <set>

#include "support/support.h"
#include "svgfusion/base/error.h"
#include "svgfusion/base/json.h"
#include "svgfusion/dataset/prepare.h"
#include "svgfusion/render/raster.h"

#include <nlohmann/json.hpp>

namespace svgfusion::dataset {
namespace {

using test::message_of;
using test::svg_text;

TEST(Dataset, WhatIsWrittenIsRead) {
  const test::TemporaryFolder folder;
  test::write_tiny_dataset(folder / "d", 6, true);
  const Dataset data(folder / "d");
  EXPECT_EQ(data.size(), 6);
  EXPECT_EQ(data.label_count(), 2);
  for (int i = 0; i < 6; ++i) {
    EXPECT_EQ(data.tokens(i), test::make_icon(i));
    EXPECT_EQ(data.name(i), base::concat("icon-", i));
    EXPECT_EQ(data.labels()[static_cast<std::size_t>(i)], i % 2);
  }
  EXPECT_EQ(data.indices(Split::kValidation), (std::vector<std::int64_t>{3}));
  EXPECT_EQ(data.info().styles.size(), 2U);
  EXPECT_EQ(data.info().styles[1].width, 2);
  test::write_tiny_dataset(folder / "e", 6, true);
  EXPECT_EQ(test::read(folder / "d"), test::read(folder / "e"));
  EXPECT_EQ(data.fingerprint(), Dataset(folder / "e").fingerprint());
  test::write_tiny_dataset(folder / "f", 5, true);
  EXPECT_NE(data.fingerprint(), Dataset(folder / "f").fingerprint());
}

TEST(Dataset, LabelsByNameOrIndex) {
  EXPECT_EQ(find_label({"bell", "star"}, "star"), 1);
  EXPECT_EQ(find_label({"bell", "star"}, "0"), 0);
  EXPECT_EQ(find_label({"bell", "0"}, "0"), 1);  // a name wins over an index
  const std::string message = message_of<base::UsageError>([] {
    find_label({"bell", "star"}, "sta");
  });
  EXPECT_CONTAINS(message, "unknown label 'sta'");
  EXPECT_CONTAINS(message, "did you mean 'star'");
  EXPECT_CONTAINS(message_of<base::UsageError>([] { find_label({"bell"}, "7"); }),
                  "there are 1 label: bell");
}

TEST(Dataset, GridsOfMoreBits) {
  const test::TemporaryFolder folder;
  const icon::Grid grid{3, 10};
  test::write_tiny_dataset(folder / "d", 4, false, grid);
  const Dataset data(folder / "d");
  EXPECT_EQ(data.info().grid_bits, 10);
  for (int i = 0; i < 4; ++i) EXPECT_EQ(data.tokens(i), test::make_icon(i, grid)) << i;

  // A value that the grid has not: 1024.
  std::string bytes = test::read(folder / "d");
  const base::SafetensorsFile file(folder / "d");
  const std::span<const std::uint8_t> arguments = file.tensor("arguments").bytes;
  const std::string_view wanted{reinterpret_cast<const char*>(arguments.data()), arguments.size()};
  bytes[bytes.find(wanted) + 1] = 4;
  test::write(folder / "bad", bytes);
  EXPECT_CONTAINS(message_of<base::DataError>([&] { Dataset bad(folder / "bad"); }),
                  "; expected 0 to 1023");

  DatasetWriter writer;
  writer.add({test::make_icon(0, grid), 0, 0, Split::kTrain, "other bits"});
  EXPECT_THROW(writer.write(folder / "mixed", {}), std::logic_error);
}

TEST(Dataset, DamageIsNamed) {
  const test::TemporaryFolder folder;
  test::write_tiny_dataset(folder / "good", 2);
  const std::string good = test::read(folder / "good");
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string bytes = good;
    const std::size_t at = bytes.find(from);
    EXPECT_NE(at, std::string::npos);
    EXPECT_EQ(from.size(), to.size());
    bytes.replace(at, from.size(), to);
    test::write(folder / "bad", bytes);
    return message_of<base::DataError>([&] { Dataset data(folder / "bad"); });
  };
  EXPECT_CONTAINS(with("\\\"format_version\\\":1", "\\\"format_version\\\":2"),
                  "format version 2; this program reads version 1");
  EXPECT_CONTAINS(with("\\\"size\\\":256", "\\\"size\\\":128"), "other grids");
  EXPECT_CONTAINS(with("svgfusion_dataset", "another_program__"), "has no metadata");
  EXPECT_CONTAINS(with("\\\"max_contours\\\":4", "\\\"max_contours\\\":1"), "more than the limit");
  test::write(folder / "bad", good.substr(0, good.size() - 1));
  EXPECT_CONTAINS(message_of<base::DataError>([&] { Dataset data(folder / "bad"); }), "cut short");

  // Values out of range, found in the tensors themselves.
  const base::SafetensorsFile file(folder / "good");
  std::size_t total = 0;
  const std::uint8_t* data_begin = file.tensor("commands").bytes.data();
  for (const auto& [name, view] : file.tensors()) {
    total += view.bytes.size();
    data_begin = std::min(data_begin, view.bytes.data());
  }
  const auto tensor_offset = [&](const std::string& name) {
    return good.size() - total +
           static_cast<std::size_t>(file.tensor(name).bytes.data() - data_begin);
  };
  for (const auto& [name, part] :
       std::vector<std::pair<std::string, std::string>>{{"commands", "commands["},
                                                        {"contour_closed", "contour_closed["},
                                                        {"contour_styles", "contour_styles["},
                                                        {"grids", "grids["},
                                                        {"split", "split["}}) {
    std::string bytes = good;
    bytes[tensor_offset(name)] = '\xFE';
    test::write(folder / "bad", bytes);
    EXPECT_CONTAINS(message_of<base::DataError>([&] { Dataset data(folder / "bad"); }), part);
  }
}

class PrepareTest : public testing::Test {
 protected:
  void SetUp() override {
    test::write(folder_ / "in/bell/a-fill.svg",
                svg_text("<rect x='4' y='4' width='10' height='10'/>"));
    test::write(folder_ / "in/bell/a-outline.svg",
                svg_text("<path d='M4 4H14V14H4Z' fill='none' stroke='black' stroke-width='2'/>"));
    test::write(folder_ / "in/star/b.svg", svg_text("<circle cx='12' cy='12' r='6'/>"));
    test::write(folder_ / "in/star/copy.svg", svg_text("<circle cx='12' cy='12' r='6'/>"));
    test::write(folder_ / "in/star/text.svg", svg_text("<text>hi</text>"));
    test::write(folder_ / "in/star/broken.svg", "<svg><path");
    job_.inputs = {folder_ / "in"};
    job_.output = folder_ / "out.dataset.safetensors";
    job_.report = folder_ / "report.json";
  }
  test::TemporaryFolder folder_;
  PrepareJob job_;
};

TEST_F(PrepareTest, KeepsSkipsAndReports) {
  const PrepareSummary summary = prepare(job_);
  EXPECT_EQ(summary.read, 6);
  EXPECT_EQ(summary.kept, 3);
  EXPECT_EQ(summary.duplicates, 1);
  EXPECT_EQ(summary.reasons.size(), 3U);
  EXPECT_EQ(summary.reasons.at("the same drawing as another"), 1);
  const Dataset data(job_.output);
  EXPECT_EQ(data.info().label_names, (std::vector<std::string>{"bell", "star"}));
  EXPECT_EQ(data.families()[0], data.families()[1]);  // a-fill and a-outline are one drawing
  const nlohmann::json report = base::read_json(job_.report);
  ASSERT_EQ(report["skipped"].size(), 3U);
  EXPECT_CONTAINS(report["skipped"].dump(), "the same drawing as star/b.svg");
  EXPECT_CONTAINS(report["skipped"].dump(), "<text> is not supported");
  EXPECT_CONTAINS(report["skipped"].dump(), "not well-formed");
}

TEST_F(PrepareTest, BytesDoNotDependOnTheNumberOfJobs) {
  prepare(job_);
  const std::string one = test::read(job_.output);
  job_.jobs = 4;
  prepare(job_);
  EXPECT_EQ(test::read(job_.output), one);
}

TEST_F(PrepareTest, StrictStopsAndWritesNothing) {
  job_.strict = true;
  const std::string message = message_of<base::DataError>([&] { prepare(job_); });
  EXPECT_CONTAINS(message, "--strict");
  EXPECT_FALSE(std::filesystem::exists(job_.output));
}

TEST_F(PrepareTest, WritesWhatItUnderstood) {
  job_.svg_folder = folder_ / "svg";
  for (const Stage stage : {Stage::kDocument, Stage::kIcon, Stage::kTokens}) {
    job_.stage = stage;
    prepare(job_);
    EXPECT_CONTAINS(test::read(folder_ / "svg/bell/a-fill.svg"), "M4 4L14 4L14 14L4 14Z");
  }
}

// Of a drawing of thin lines: its tokens against the drawing.
double thin_iou(const DataConfig& data) {
  const std::string thin = svg_text(
      "<path d='M4.04 4.04L20.06 9.04L19.97 9.34L3.93 4.33ZM5.03 10.03L15.03 21.77L14.77 "
      "21.97L4.71 10.27Z'/>");
  PrepareJob job;
  job.data = data;
  const PreparedIcon icon = prepare_icon(thin, "t", job);
  const auto exact = icon::canonical_icon(svg::read_document(thin, "t")).icon;
  return render::intersection_over_union(
      render::rasterize(icon::from_tokens(icon.tokens, icon.styles), 144),
      render::rasterize(exact, 144));
}

TEST(ThinDrawings, AreRefined) {
  DataConfig data;
  data.grid_bits = 8;
  const double rounded = thin_iou(data);
  data.refine_below = 0.999;
  EXPECT_LT(rounded, 0.985);
  EXPECT_GT(thin_iou(data), rounded);
}

TEST(ThinDrawings, WantTheBitsThatAreTheDefault) {
  DataConfig coarse;
  coarse.grid_bits = 8;
  EXPECT_GT(thin_iou(DataConfig()), thin_iou(coarse) + 0.002);
  EXPECT_EQ(DataConfig::defaults("deepsvg").grid_bits, 8);  // the reference has one grid
}

TEST_F(PrepareTest, ManifestsNameLabelsFamiliesAndLicences) {
  test::write(folder_ / "m.tsv",
              "file\tlabel\tset\tlicense\nin/bell/a-fill.svg\tring\tacme\tMIT\nin/star/"
              "b.svg\tsun\tacme\tMIT\n");
  job_.inputs = {folder_ / "m.tsv"};
  prepare(job_);
  const Dataset data(job_.output);
  EXPECT_EQ(data.info().label_names, (std::vector<std::string>{"ring", "sun"}));
  EXPECT_EQ(data.info().sources.at("license: acme"), "MIT");
  job_.data.labels = "folder";
  prepare(job_);
  EXPECT_EQ(Dataset(job_.output).info().label_names, (std::vector<std::string>{"bell", "star"}));
}

TEST_F(PrepareTest, BadInputs) {
  const auto with = [&](const std::filesystem::path& input) {
    job_.inputs = {input};
    return message_of<base::Error>([&] { prepare(job_); });
  };
  EXPECT_CONTAINS(with(folder_ / "none"), "does not exist");
  test::write(folder_ / "x.png", "x");
  EXPECT_CONTAINS(with(folder_ / "x.png"), "of no kind that can be read");
  std::filesystem::create_directories(folder_ / "empty");
  EXPECT_CONTAINS(with(folder_ / "empty"), "holds no icon");
  test::write(folder_ / "a.tsv", "name\tlabel\n");
  EXPECT_CONTAINS(with(folder_ / "a.tsv"), "no column 'file'");
  test::write(folder_ / "b.tsv", "file\tlabel\nx.svg\n");
  EXPECT_CONTAINS(with(folder_ / "b.tsv"), "b.tsv:2: has 1 columns");
  test::write(folder_ / "t.svg", svg_text("<text>x</text>"));
  EXPECT_CONTAINS(with(folder_ / "t.svg"), "none of 1 icon could be kept");
}

TEST(Dataset, SplitsKeepFamiliesTogether) {
  const test::TemporaryFolder folder;
  std::string manifest = "file\tlabel\tfamily\n";
  for (int i = 0; i < 120; ++i) {
    test::write(folder / base::concat("i", i, ".svg"),
                svg_text(base::concat("<rect x='2' y='2' width='", 4 + i * 0.1, "' height='5'/>")));
    manifest += base::concat("i", i, ".svg\tx\tf", i / 3, "\n");
  }
  test::write(folder / "m.tsv", manifest);
  PrepareJob job;
  job.inputs = {folder / "m.tsv"};
  job.output = folder / "d";
  job.data.split = "family";
  prepare(job);
  const Dataset data(folder / "d");
  std::map<std::int32_t, std::set<Split>> splits;
  for (std::int64_t i = 0; i < data.size(); ++i)
    splits[data.families()[static_cast<std::size_t>(i)]].insert(data.split(i));
  for (const auto& [family, found] : splits) EXPECT_EQ(found.size(), 1U);
  EXPECT_FALSE(data.indices(Split::kTrain).empty());
  EXPECT_LT(data.indices(Split::kTrain).size(), static_cast<std::size_t>(data.size()));
}

}  // namespace
}  // namespace svgfusion::dataset
