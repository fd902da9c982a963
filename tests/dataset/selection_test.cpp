// SPDX-License-Identifier: MIT
// Labels, splits, duplicates, palette: which icons a dataset holds, and under what name.
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "support/support.h"
#include "svgfusion/base/error.h"
#include "svgfusion/base/json.h"
#include "svgfusion/dataset/dataset.h"
#include "svgfusion/dataset/prepare.h"

namespace svgfusion::dataset {
namespace {

using nlohmann::json;
using test::message_of;

class SelectionTest : public testing::Test {
 protected:
  // Writes a set; each icon is a name and a body.
  void add_set(const std::string& prefix, const std::map<std::string, std::string>& bodies,
               const json& categories = json::object()) {
    json set{{"prefix", prefix}, {"width", 24}, {"height", 24}, {"categories", categories}};
    for (const auto& [name, body] : bodies) set["icons"][name]["body"] = body;
    test::write(folder_ / ("sets/" + prefix + ".json"), set.dump());
  }
  static std::string box(double x, double y, double width, double height,
                         const std::string& more = {}) {
    return base::concat("<rect x='", x, "' y='", y, "' width='", width, "' height='", height, "' ",
                        more, "/>");
  }
  // Name → label.
  std::map<std::string, std::string> labels() {
    run();
    const Dataset data(folder_ / "d");
    std::map<std::string, std::string> out;
    for (std::int64_t i = 0; i < data.size(); ++i) {
      out[std::string(data.name(i))] =
          data.info()
              .label_names[static_cast<std::size_t>(data.labels()[static_cast<std::size_t>(i)])];
    }
    return out;
  }
  void run() {
    job_.inputs = {folder_ / "sets"};
    job_.output = folder_ / "d";
    job_.report = folder_ / "r.json";
    summary_ = prepare(job_);
  }

  test::TemporaryFolder folder_;
  PrepareJob job_;
  PrepareSummary summary_;
};

using Labels = std::map<std::string, std::string>;
using Rows = std::vector<std::uint8_t>;

TEST_F(SelectionTest, LabelsFromNamesSetsCategoriesAndConcepts) {
  add_set("a", {{"bell-off-fill", box(2, 2, 9, 9)}, {"star", box(3, 3, 14, 5)}},
          {{"Alerts", {"bell-off-fill"}}, {"Misc", {"bell-off-fill", "star"}}});
  add_set("b", {{"bell", box(4, 5, 6, 17)}});
  job_.data.labels = "name";
  EXPECT_EQ(labels(),
            (Labels{{"a/bell-off-fill", "bell-off"}, {"a/star", "star"}, {"b/bell", "bell"}}));
  job_.data.labels = "set";
  EXPECT_EQ(labels(), (Labels{{"a/bell-off-fill", "a"}, {"a/star", "a"}, {"b/bell", "b"}}));
  job_.data.labels = "category";
  EXPECT_EQ(labels(), (Labels{{"a/bell-off-fill", "Alerts"}, {"a/star", "Misc"}}));
  test::write(folder_ / "map.json",
              R"({"map": {"alerts": null, "a:misc": "things"}, "set_default": {"b": "bells"}})");
  job_.data.label_file = folder_ / "map.json";
  EXPECT_EQ(labels(),
            (Labels{{"a/bell-off-fill", "things"}, {"a/star", "things"}, {"b/bell", "bells"}}));
  test::write(folder_ / "map.json", R"({"map": {"misc": "things"}, "default": "other"})");
  EXPECT_EQ(labels()["b/bell"], "other");
  job_.data.labels = "concept";
  test::write(folder_ / "concepts.txt", "bell\nbell-on\n");
  job_.data.label_file = folder_ / "concepts.txt";
  EXPECT_EQ(labels(), (Labels{{"a/bell-off-fill", "bell"}, {"b/bell", "bell"}}));
  EXPECT_EQ(summary_.reasons.size(), 1U);
}

// A text that was read before is not read again, unless icons are written as SVG files.
TEST_F(SelectionTest, TheSameTextTwiceIsTheSameIconTwice) {
  const std::string partly = box(2, 2, 9, 9) + "<text>a</text>";
  const std::string mended = "<path d='M2 2h9v8h-9z M3 oops'/>";
  const std::map<std::string, std::string> bodies{{"bell", box(4, 4, 15, 9)},
                                                  {"star", partly},
                                                  {"sun", mended},
                                                  {"void", "<g>"},
                                                  {"wind", "<path d='M2 2h9'/>"}};
  add_set("a", bodies);
  std::map<std::string, std::string> renamed;
  for (const auto& [name, body] : bodies) renamed["x-" + name] = body;
  add_set("b", renamed);
  add_set("c", {{"bell", box(4, 4, 15, 9)}, {"bell-2", box(4, 4, 15, 8)}});
  test::write(folder_ / "concepts.txt", "x-bell\nbell\nx-sun\n");
  for (const char* labels : {"name", "concept"}) {
    job_.data.labels = labels;
    job_.data.label_file = job_.data.labels == "concept" ? folder_ / "concepts.txt" : "";
    for (const char* duplicates : {"keep", "drop", "near"}) {
      job_.data.duplicates = duplicates;
      const auto outcome = [&](const std::filesystem::path& svg_folder) {
        job_.svg_folder = svg_folder;
        run();
        json report = base::read_json(job_.report);
        report.erase("seconds");
        report.erase("read_seconds");
        return std::pair(test::read(job_.output), report.dump(1));
      };
      job_.stage = Stage::kTokens;
      const auto once = outcome("");
      EXPECT_EQ(once, outcome(folder_ / "svg"));
      EXPECT_EQ(summary_.read, 12);
      EXPECT_EQ(base::read_json(job_.report).at("notes").size(), 4U) << once.second;
    }
  }
}

TEST_F(SelectionTest, BadLabelFilesAreNamed) {
  add_set("a", {{"x", box(2, 2, 9, 9)}});
  const auto with = [&](const std::string& rule, const std::string& text) {
    job_.data.labels = rule;
    test::write(folder_ / "f", text);
    job_.data.label_file = text == "none" ? "" : (folder_ / "f").string();
    return message_of<base::Error>([&] { run(); });
  };
  EXPECT_CONTAINS(with("concept", "none"), "data.label_file names no list");
  EXPECT_CONTAINS(with("concept", "\n \n"), "lists no concept");
  EXPECT_CONTAINS(with("category", "{}"), "has no 'map'");
  EXPECT_CONTAINS(with("category", R"({"map": {"a": 1}})"), "'a' is no text");
}

TEST_F(SelectionTest, LabelsCanBeFewAndOfFewIcons) {
  std::map<std::string, std::string> bodies;
  for (int i = 0; i < 6; ++i) bodies[base::concat("bell-", i)] = box(2, 2, 5 + i, 9);
  for (int i = 0; i < 3; ++i) bodies[base::concat("star-", i)] = box(2, 2, 9, 12 + i);
  bodies["plus-0"] = box(5, 5, 3, 3);
  add_set("a", bodies);
  test::write(folder_ / "concepts.txt", "bell\nstar\nplus\n");
  job_.data.labels = "concept";
  job_.data.label_file = folder_ / "concepts.txt";
  job_.data.min_per_label = 2;
  job_.data.max_per_label = 4;
  std::map<std::string, int> counts;
  for (const auto& [name, label] : labels()) ++counts[label];
  EXPECT_EQ(counts, (std::map<std::string, int>{{"bell", 4}, {"star", 3}}));
  job_.data.max_labels = 1;
  EXPECT_EQ(labels().size(), 4U);
}

TEST_F(SelectionTest, NearDuplicatesGoAndHeldOutIconsStay) {
  // Under the near distance: the same box a little larger, and the same moved and scaled.
  add_set("a", {{"one", box(4, 4, 12, 8)},
                {"two", box(4, 4, 12.2, 8)},
                {"three", box(8, 8, 6, 4)},
                {"other", box(4, 4, 3, 16)}});
  add_set("b", {{"alike", box(2, 2, 12, 8)}});
  job_.data.duplicates = "near";
  EXPECT_EQ(labels().size(), 2U);
  EXPECT_EQ(summary_.near_duplicates, 3);
  job_.data.duplicates = "drop";
  EXPECT_EQ(labels().size(), 5U);
  job_.data.split = "source";
  job_.data.test_sets = {"b"};
  EXPECT_EQ(labels().size(), 2U);  // the three that look like the one held out are leaks
  EXPECT_EQ(summary_.leaks, 3);
  EXPECT_EQ(Dataset(folder_ / "d").indices(Split::kTest).size(), 1U);
  job_.data.leak_distance = 0;
  EXPECT_EQ(labels().size(), 5U);
  job_.data.excluded_sets = {"b"};
  EXPECT_EQ(labels().size(), 4U);
}

TEST_F(SelectionTest, PaintChoosesFilledOrStrokedIcons) {
  const std::string stroke = "fill='none' stroke='black' stroke-width='2'";
  add_set("a", {{"fill", box(4, 4, 12, 8)},
                {"stroke", box(4, 4, 12, 8, stroke)},
                {"both", box(4, 4, 12, 8) + box(2, 2, 20, 20, stroke)},
                {"red", box(12, 12, 5, 5) + box(4, 4, 5, 5, "fill='red'")},
                {"faint", box(4, 4, 9, 9, "opacity='.4'")}});
  const auto kept = [&](const std::string& paint) {
    job_.data.paint = paint;
    std::set<std::string> names;
    for (const auto& [name, label] : labels()) names.insert(name);
    return names;
  };
  EXPECT_EQ(kept("any").size(), 5U);
  EXPECT_EQ(kept("fill"), (std::set<std::string>{"a/fill"}));
  EXPECT_EQ(kept("stroke"), (std::set<std::string>{"a/stroke"}));
  EXPECT_EQ(kept("mono"), (std::set<std::string>{"a/fill", "a/stroke", "a/both"}));
}

TEST_F(SelectionTest, APaletteKeepsColourIconsThatTheTableWouldNotHold) {
  std::map<std::string, std::string> bodies;
  for (int i = 0; i < 40; ++i) {
    const std::string shade = base::concat("fill='rgb(", 120 + 3 * i, ",", i % 5, ",0)'");
    bodies[base::concat("i", i)] = box(2, 2, 5 + 0.3 * i, 9, shade);
  }
  add_set("a", bodies);
  EXPECT_EQ(labels().size(), 32U);  // one style each, and a table of 32
  job_.data.palette = 4;
  EXPECT_EQ(labels().size(), 40U);
  const Dataset data(folder_ / "d");
  EXPECT_EQ(data.info().styles.size(), 4U);
  for (const icon::Style& style : data.info().styles) EXPECT_GT(style.color >> 24, 110U);
}

// White is the commonest colour here, but nearly always over blue: the table has it after blue, and
// where it is not, blue is cut out of it.
TEST_F(SelectionTest, TheTableIsPaintedAsMostIconsAre) {
  const std::string white = "fill='#fff'";
  const std::string blue = "fill='#00f'";
  add_set("a", {{"plain", box(1, 1, 5, 5, white)},
                {"badge", box(2, 2, 20, 20, blue) + box(8, 8, 8, 8, white)},
                {"flag", box(2, 4, 20, 14, blue) + box(2, 8, 20, 4, white)},
                {"sky", box(3, 3, 9, 9, white) + box(5, 5, 5, 5, blue)}});
  EXPECT_EQ(labels().size(), 4U);
  const Dataset data(folder_ / "d");
  ASSERT_EQ(data.info().styles.size(), 2U);
  EXPECT_EQ(data.info().styles[0].color, 0x0000FFFFU);
  EXPECT_EQ(data.info().styles[1].color, 0xFFFFFFFFU);
  std::map<std::string_view, Rows> rows;
  for (std::int64_t i = 0; i < data.size(); ++i) rows[data.name(i)] = data.tokens(i).styles;
  EXPECT_EQ(rows["a/flag"], (Rows{0, 1}));
  EXPECT_EQ(rows["a/sky"], (Rows{1, 0, 1})) << "blue, and the hole of white that it lies in";
}

// An icon whose colours the palette makes one is united: under the even-odd rule what lies on
// another would be a hole in it.
TEST_F(SelectionTest, WhatAPaletteMakesOneColourIsOneArea) {
  add_set("a", {{"sun", box(2, 2, 20, 20, "fill='#f00'") + box(8, 8, 8, 8, "fill='#e00'")}});
  job_.data.palette = 1;
  EXPECT_EQ(labels().size(), 1U);
  EXPECT_EQ(Dataset(folder_ / "d").tokens(0).contour_count(), 1U);
}

TEST_F(SelectionTest, WhatTheTableCannotPaintIsLeftOut) {
  const std::string white = "fill='#fff'";
  const std::string glass = "fill='#00f' fill-opacity='.5'";
  add_set("a", {{"badge", box(2, 2, 20, 20, glass) + box(8, 8, 8, 8, white)},
                {"flag", box(2, 4, 20, 14, glass) + box(2, 8, 20, 4, white)},
                {"pane", box(3, 3, 9, 9, white) + box(5, 5, 5, 5, glass)}});
  run();
  EXPECT_EQ(summary_.kept, 2);
  EXPECT_EQ(summary_.reasons.at("its colours are painted in another order than the table's"), 1);
}

TEST_F(SelectionTest, RareStrokeWidthsTakeTheNearestOfTheTable) {
  std::map<std::string, std::string> bodies;
  for (int i = 0; i < 10; ++i) {
    bodies[base::concat("i", i)] =
        box(4, 4, 5 + i, 8,
            base::concat("fill='none' stroke='black' stroke-width='", i == 9 ? 2.05 : 2, "'"));
  }
  bodies["wide"] = box(4, 4, 15, 15, "fill='none' stroke='black' stroke-width='3'");
  add_set("a", bodies);
  job_.data.max_styles = 1;
  EXPECT_EQ(labels().size(), 10U);
  EXPECT_EQ(Dataset(folder_ / "d").info().styles[0].width, 2);
}

}  // namespace
}  // namespace svgfusion::dataset
