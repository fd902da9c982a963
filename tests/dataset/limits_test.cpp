// SPDX-License-Identifier: MIT
// Icons too large for a dataset: left out as soon as that is sure, and for the same reason whatever
// else is asked for.
#include "support/support.h"
#include "svgfusion/dataset/prepare.h"

namespace svgfusion::dataset {
namespace {

PrepareJob small_job() {
  PrepareJob job;
  job.data.grid_bits = 8;
  job.data.limits.max_contours = 2;
  job.data.limits.max_commands_per_contour = 8;
  job.data.limits.max_commands = 12;
  return job;
}

std::string squares(int count) {
  std::string body;
  for (int i = 0; i < count; ++i)
    body += base::concat("<path d='M", 2 * (i % 10), " ", 2 * (i / 10), "h1v1h-1z'/>");
  return test::svg_text(body);
}

// One contour; its corners turn left and right, so that none of them is simplified away.
std::string saw(int teeth) {
  std::string path = "M1 20";
  for (int i = 0; i < teeth; ++i)
    path += base::concat("L", 1 + 0.5 * i, " 10L", 1 + 0.5 * i + 0.25, " 12");
  return test::svg_text("<path d='" + path + "L22 20z'/>");
}

TEST(Limits, TheReasonIsTheSameWhateverIsWritten) {
  struct Row {
    const char* name;
    std::string svg;
    const char* reason;
  };
  for (const Row& row :
       {Row{"within", squares(2), ""},
        Row{"a little over, on the grid", squares(3), "3 contours, more than the limit of 2"},
        Row{"over as drawn", squares(4), "4 contours or more, more than the limit of 2"},
        Row{"too many to be cut",
            test::svg_text("<path d='M1 1h9v9h-9z'/><path fill='red' d='M2 2h9v9h-9z'/>"
                           "<path d='M3 3h9v9h-9z'/>"),
            icon::kTooManyToCut},
        Row{"far over as written", squares(30), "30 contours, more than the limit of 2"},
        Row{"a contour a little over", saw(4),
            "10 commands in one contour, more than the limit of 8"},
        Row{"a contour far over", saw(20), "42 commands in one contour, more than the limit of 8"},
        Row{"commands far over as written", saw(80), "162 commands, more than the limit of 12"}}) {
    const PrepareJob job = small_job();
    EXPECT_EQ(prepare_icon(row.svg, "t", job).skip_reason, row.reason) << row.name;
    PrepareJob writing = small_job();
    writing.svg_folder = "unused";
    for (const Stage stage : {Stage::kDocument, Stage::kIcon, Stage::kTokens}) {
      writing.stage = stage;
      const PreparedIcon icon = prepare_icon(row.svg, "t", writing);
      EXPECT_EQ(icon.skip_reason, row.reason) << row.name;
      EXPECT_TRUE(stage == Stage::kTokens || !icon.svg.empty()) << row.name;
    }
  }
}

// On the grid a step of 0.02 is nothing, wherever it stands: 14 commands as drawn, 4 left.
TEST(Limits, WhatVanishesOnTheGridDoesNotCount) {
  const PreparedIcon icon = prepare_icon(
      test::svg_text("<path d='M2 2L2.02 2.01L2.01 2.02L12 2L12.02 2.01L12.01 2.02L12.02 2.03L12 12"
                     "L12.01 12.02L12 12.02L11.98 12L2 12L2.01 12.02L2.02 12z'/>"),
      "t", small_job());
  EXPECT_EQ(icon.skip_reason, "");
  EXPECT_EQ(icon.tokens.commands.size(), 4U);
}

TEST(Limits, WhatUnitingTakesAwayDoesNotCount) {
  // Twenty squares on each other are one contour: ten times the limit as written.
  std::string body;
  for (int i = 0; i < 20; ++i) body += "<path d='M2 2h9v9h-9z'/>";
  const PreparedIcon icon = prepare_icon(test::svg_text(body), "t", small_job());
  EXPECT_EQ(icon.skip_reason, "");
  EXPECT_EQ(icon.tokens.contour_count(), 1U);
}

}  // namespace
}  // namespace svgfusion::dataset
