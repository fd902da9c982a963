// SPDX-License-Identifier: MIT
// Every stage of DeepSVG's preprocessing against what the reference program printed.
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <regex>

#include "support/support.h"
#include "svgfusion/base/error.h"
#include "svgfusion/base/json.h"
#include "svgfusion/deepsvg/drawing.h"

namespace svgfusion::deepsvg {
namespace {

using nlohmann::json;

const json& cases() {
  static const json all =
      base::read_json(std::string(SVGFUSION_SOURCE_DIR) + "/tests/reference/svg_pipeline.json");
  return all;
}

std::vector<Path> paths_of(const Drawing& drawing) {
  std::vector<Path> out;
  for (const Group& group : drawing.groups)
    out.insert(out.end(), group.paths.begin(), group.paths.end());
  return out;
}

std::string letters(const std::string& text) {
  return std::regex_replace(text, std::regex("[^A-Za-z]"), "");
}
std::vector<double> numbers(std::string text) {
  text = std::regex_replace(text, std::regex("[A-Za-z]"), " ");
  std::istringstream in(text);
  std::vector<double> out;
  for (double v = 0; in >> v;) out.push_back(v);
  return out;
}

// Letters exactly, numbers within a few units in the last place of float32.
void expect_paths(const json& expected, const Drawing& found, const std::string& what) {
  const std::vector<Path> paths = paths_of(found);
  ASSERT_EQ(paths.size(), expected.size()) << what;
  for (std::size_t i = 0; i < paths.size(); ++i) {
    const std::string text = to_text(paths[i]);
    ASSERT_EQ(letters(text), letters(expected[i])) << what << "\n" << text << "\n" << expected[i];
    const auto a = numbers(text);
    const auto b = numbers(expected[i]);
    ASSERT_EQ(a.size(), b.size()) << what;
    for (std::size_t k = 0; k < a.size(); ++k)
      EXPECT_NEAR(a[k], b[k], 4e-6 * std::max(1.0, std::fabs(b[k]))) << what << " path " << i;
  }
}

// The reference's 14 columns: command, five of arcs, start, control1, control2, end.
void expect_rows(const json& expected, const Drawing& found, const std::string& what) {
  const std::vector<Path> paths = paths_of(found);
  ASSERT_EQ(paths.size(), expected.size()) << what;
  for (std::size_t i = 0; i < paths.size(); ++i) {
    const json& rows = expected[i];
    ASSERT_EQ(paths[i].commands.size() + 1, rows.size()) << what;
    EXPECT_EQ(rows[0][12], paths[i].commands[0].start.x) << what;
    EXPECT_EQ(rows[0][13], paths[i].commands[0].start.y) << what;
    for (std::size_t r = 1; r < rows.size(); ++r) {
      const Command& c = paths[i].commands[r - 1];
      const bool cubic = c.kind == Command::Kind::kCubic;
      EXPECT_EQ(rows[r][0], cubic ? 2 : 1) << what;
      const std::vector<float> end{c.end.x, c.end.y};
      const std::vector<float> controls{c.control1.x, c.control1.y, c.control2.x, c.control2.y};
      for (std::size_t k = 0; k < 2; ++k)
        EXPECT_EQ(rows[r][12 + k], end[k]) << what << " row " << r;
      for (std::size_t k = 0; k < 4 && cubic; ++k)
        EXPECT_EQ(rows[r][8 + k], controls[k]) << what << " row " << r;
    }
  }
}

TEST(DeepSvgPreprocess, EveryStageOfEveryReferenceCase) {
  for (const auto& [name, expected] : cases().items()) {
    SCOPED_TRACE(name);
    const Drawing parsed = read(expected["input"].get<std::string>(), name);
    Drawing shapes = parsed;
    for (Group& group : shapes.groups) group.element = "path";
    expect_paths(expected["parsed"], shapes, "parsed");
    Drawing second = parsed;
    canonicalize(second, true);
    simplify_heuristic(second);
    normalize(second);
    expect_paths(expected["B_simplified"], second, "B_simplified");
    Drawing drawing = parsed;
    if (expected.contains("A_error")) {
      EXPECT_THROW(normalize(drawing), base::SvgError);
      continue;
    }
    normalize(drawing);
    zoom(drawing, 0.9);
    expect_paths(expected["A_normalized"], drawing, "A_normalized");
    canonicalize(drawing);
    expect_paths(expected["A_canonical"], drawing, "A_canonical");
    simplify_heuristic(drawing);
    expect_paths(expected["A_simplified"], drawing, "A_simplified");
    std::vector<std::size_t> lengths;
    for (const Path& path : paths_of(drawing)) lengths.push_back(path.commands.size() + 1);
    EXPECT_EQ(expected["A_meta"]["len_groups"], lengths);
    Drawing smaller = drawing;
    numericalize(drawing);
    expect_rows(expected["A_numericalized"], drawing, "A_numericalized");
    zoom(smaller, 0.7);
    numericalize(smaller);
    expect_rows(expected["A_mean_aug_numericalized"], smaller, "A_mean_aug_numericalized");
  }
}

TEST(DeepSvgPreprocess, WhatTheReferenceStopsAtIsAnError) {
  const auto svg = [](const std::string& view_box, const std::string& body) {
    return "<svg xmlns='http://www.w3.org/2000/svg' " + view_box + ">" + body + "</svg>";
  };
  const std::string box = "viewBox='0 0 24 24'";
  for (const std::string& bad :
       {svg("", "<path d='M1 1L2 2'/>"), svg("viewBox='0,0,24,24'", "<path d='M1 1L2 2'/>"),
        svg("viewBox='0 0  24 24'", "<path d='M1 1L2 2'/>"),
        svg(box, "<path d='M1 1a1 1 0 01.5.5'/>"), svg(box, "<path d='M1 1 L2'/>"),
        svg(box, "<path d='M1 1 L2 2 Z 4'/>"), svg(box, "<circle cx='3' cy='4'/>"),
        svg(box, "<circle cx='3' cy='4' r='50%'/>"), svg(box, "<polygon points='1 2 3'/>")}) {
    EXPECT_THROW(read(bad, "bad.svg"), base::SvgError) << bad;
  }
  // What it reads in its own way: the dot of "1." and everything after Z are lost.
  EXPECT_EQ(to_text(paths_of(read(svg(box, "<path d='M1. 2L3 4Z L9 9M5 5L6 6'/>"), "x"))[0]),
            "M1.0 2.0 L3.0 4.0 Z");
}

TEST(DeepSvgPreprocess, HugePathsAreRefused) {
  std::string lines = "M0 0";
  for (int i = 0; i < 50000; ++i) lines += " L1 2 L2 1";
  for (const std::string& data :
       {lines, std::string("M0 0 C1e8 0 0 1e8 5 5"), std::string("M0 0 C1e30 0 0 1e30 5 5")}) {
    Drawing drawing = read("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24'><path d='" +
                               data + "'/></svg>",
                           "huge.svg");
    canonicalize(drawing);
    EXPECT_THROW(simplify_heuristic(drawing), base::SvgError) << data.substr(0, 30);
  }
}

}  // namespace
}  // namespace svgfusion::deepsvg
