// SPDX-License-Identifier: MIT
// Tables for numbers, transforms, colours, lengths and view boxes.
#include <charconv>
#include <cmath>

#include "support/support.h"
#include "svgfusion/base/random.h"
#include "svgfusion/svg/color.h"
#include "svgfusion/svg/cursor.h"
#include "svgfusion/svg/length.h"
#include "svgfusion/svg/style.h"
#include "svgfusion/svg/transform.h"

namespace svgfusion::svg {
namespace {

TEST(Lexers, Numbers) {
  struct Row {
    const char* text;
    double value;
    std::size_t end;  // 0: no number
  };
  for (const Row& row : {Row{"1", 1, 1},           Row{"-1.5x", -1.5, 4},
                         Row{"+2", 2, 2},          Row{".5", 0.5, 2},
                         Row{"5.", 5, 2},          Row{"1e3", 1000, 3},
                         Row{"1e", 1, 1},          Row{"1em", 1, 1},
                         Row{"1e+", 1, 1},         Row{"", 0, 0},
                         Row{"-", 0, 0},           Row{".", 0, 0},
                         Row{"--1", 0, 0},         Row{"+-1", 0, 0},
                         Row{"inf", 0, 0},         Row{"nan", 0, 0},
                         Row{"1e400", 0, 0},       Row{"3.5e38", 0, 0},
                         Row{"3.4e38", 3.4e38, 6}, Row{"-.25.5", -0.25, 4},
                         Row{"0x10", 0, 1},        Row{"1_000", 1, 1}}) {
    Cursor cursor(row.text);
    const auto value = cursor.number();
    EXPECT_EQ(value.has_value(), row.end != 0) << row.text;
    EXPECT_DOUBLE_EQ(value.value_or(0), row.value) << row.text;
    EXPECT_EQ(cursor.position(), row.end) << row.text;
  }
}

// Short decimals take a way of their own; to the last bit it must be the library's.
TEST(Lexers, NumbersAreTheNearestDoubles) {
  const std::uint64_t seed = 5;
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  base::Random random(seed);
  for (int i = 0; i < 20'000; ++i) {
    std::string text;
    const auto digits = static_cast<int>(1 + random.uniform() * 19);
    const auto point = static_cast<int>(random.uniform() * (digits + 1));
    for (int k = 0; k < digits; ++k) {
      if (k == point) text += '.';
      text += static_cast<char>('0' + static_cast<int>(random.uniform() * 10));
    }
    if (random.uniform() < 0.1) text += random.uniform() < 0.5 ? "e-3" : "E2";
    double expected = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), expected);
    Cursor cursor(text);
    ASSERT_EQ(cursor.number(), expected) << text;
    ASSERT_EQ(cursor.position(), static_cast<std::size_t>(result.ptr - text.data())) << text;
  }
}

struct TransformRow {
  const char* text;
  Point from;
  Point to;
};

void expect_maps(const std::optional<Matrix>& matrix, const TransformRow& row) {
  ASSERT_TRUE(matrix.has_value()) << row.text;
  const Point p = matrix->apply(row.from);
  EXPECT_NEAR(p.x, row.to.x, 1e-12) << row.text;
  EXPECT_NEAR(p.y, row.to.y, 1e-12) << row.text;
}

TEST(Lexers, Transforms) {
  using Row = TransformRow;
  for (const Row& row :
       {Row{"translate(3)", {1, 1}, {4, 1}}, Row{"translate(3,4)", {1, 1}, {4, 5}},
        Row{"scale(2)", {1, 2}, {2, 4}}, Row{"scale(2 3)", {1, 2}, {2, 6}},
        Row{"rotate(90)", {1, 0}, {0, 1}}, Row{"rotate(90 1 1)", {2, 1}, {1, 2}},
        Row{"skewX(45)", {0, 1}, {1, 1}}, Row{"skewY(45)", {1, 0}, {1, 1}},
        Row{"matrix(1 2 3 4 5 6)", {1, 1}, {9, 12}}, Row{"translate(1) scale(2)", {1, 1}, {3, 2}},
        Row{"scale(2),translate(1)", {1, 1}, {4, 2}}, Row{"", {1, 1}, {1, 1}},
        Row{" translate ( 1 , 2 ) ", {0, 0}, {1, 2}}}) {
    const auto matrix = parse_transform(row.text);
    expect_maps(matrix, row);
  }
  for (const char* text : {"translate(", "translate(1 2 3)", "spin(3)", "translate(a)", "scale",
                           "rotate(1 2)", "matrix(1 2 3)", "translate(1) x"}) {
    EXPECT_FALSE(parse_transform(text).has_value()) << text;
  }
}

TEST(Lexers, TransformsOfStyleSheets) {
  const LengthContext lengths{200, 100, 10};
  using Row = TransformRow;
  for (const Row& row :
       {Row{"none", {1, 2}, {1, 2}}, Row{"translate(10%, 10%)", {0, 0}, {20, 10}},
        Row{"translateX(1em) translateY(10%)", {0, 0}, {10, 10}},
        Row{"rotate(0.25turn)", {1, 0}, {0, 1}}, Row{"rotate(100grad)", {1, 0}, {0, 1}},
        Row{"rotateZ(90deg)", {1, 0}, {0, 1}}, Row{"scale(50%)", {2, 2}, {1, 1}},
        Row{"scaleX(2) scaleY(3)", {1, 1}, {2, 3}}, Row{"skew(45deg, 45deg)", {1, 2}, {3, 3}},
        Row{"skew(45deg)", {0, 1}, {1, 1}}, Row{"matrix(1, 2, 3, 4, 5, 6)", {1, 1}, {9, 12}}}) {
    const auto matrix = parse_css_transform(row.text, lengths);
    expect_maps(matrix, row);
  }
  for (const char* text : {"rotate3d(1,1,1,4deg)", "perspective(3px)", "rotate(1deg 2 3)",
                           "translate(a)", "rotate(2px)", "scale(", "none none"}) {
    EXPECT_FALSE(parse_css_transform(text, lengths).has_value()) << text;
  }
}

TEST(Lexers, TransformOrigins) {
  const LengthContext lengths{200, 100, 10};
  struct Row {
    const char* text;
    Point expected;
  };
  for (const Row& row :
       {Row{"center", {100, 50}}, Row{"left", {0, 50}}, Row{"top", {100, 0}},
        Row{"bottom right", {200, 100}}, Row{"right top", {200, 0}}, Row{"30 40", {30, 40}},
        Row{"30px", {30, 50}}, Row{"25% bottom", {50, 100}}, Row{"left 10%", {0, 10}},
        Row{"center top", {100, 0}}, Row{"top center", {100, 0}}, Row{"1em 2em 3px", {10, 20}}}) {
    const auto point = parse_transform_origin(row.text, lengths);
    ASSERT_TRUE(point.has_value()) << row.text;
    EXPECT_EQ(*point, row.expected) << row.text;
  }
  for (const char* text :
       {"", "middle", "top 30", "10px left", "left left", "left right", "1 2 3 4", "1 2 top"}) {
    EXPECT_FALSE(parse_transform_origin(text, lengths).has_value()) << text;
  }
}

TEST(Lexers, AspectRatios) {
  struct Row {
    const char* text;
    AspectRatio expected;
  };
  for (const Row& row :
       {Row{"xMinYMax slice", {false, true, 0, 1}}, Row{" xMaxYMid  meet ", {false, false, 1, 0.5}},
        Row{"defer xMinYMin", {false, false, 0, 0}}, Row{"none", {true, false, 0.5, 0.5}},
        Row{"xMinYMin foo", {}}, Row{"xminymin", {}}, Row{"xMinYMin meet x", {}}, Row{"", {}}}) {
    const AspectRatio ratio = parse_aspect_ratio(row.text);
    EXPECT_EQ(ratio.none, row.expected.none) << row.text;
    EXPECT_EQ(ratio.slice, row.expected.slice) << row.text;
    EXPECT_EQ(ratio.align_x, row.expected.align_x) << row.text;
    EXPECT_EQ(ratio.align_y, row.expected.align_y) << row.text;
  }
}

TEST(Lexers, Colors) {
  struct Row {
    const char* text;
    Color color;
  };
  for (const Row& row : {Row{"red", {255, 0, 0, 1}},
                         Row{"RED", {255, 0, 0, 1}},
                         Row{"#f80", {255, 136, 0, 1}},
                         Row{"#ff8800", {255, 136, 0, 1}},
                         Row{"#ff880080", {255, 136, 0, 128 / 255.0}},
                         Row{"rgb(1,2,3)", {1, 2, 3, 1}},
                         Row{"rgb( 1 2 3 / 50%)", {1, 2, 3, 0.5}},
                         Row{"rgb(100%, 0%, 50%)", {255, 0, 128, 1}},
                         Row{"rgb(300,-5,0)", {255, 0, 0, 1}},
                         Row{"rgba(1,2,3,0.25)", {1, 2, 3, 0.25}},
                         Row{"hsl(120, 100%, 25%)", {0, 128, 0, 1}},
                         Row{"hsl(0, 100%, 50%)", {255, 0, 0, 1}},
                         Row{"hsla(240,100%,50%,.5)", {0, 0, 255, 0.5}},
                         Row{"rgb(1,2,3", {1, 2, 3, 1}},
                         Row{"rgb(none 2 3)", {0, 2, 3, 1}},
                         Row{"hsl(0.25turn 100% 50%)", {128, 255, 0, 1}},
                         Row{"hsl(100grad 100% 50%)", {128, 255, 0, 1}},
                         Row{"hwb(120 0% 50%)", {0, 128, 0, 1}},
                         Row{"hwb(0 60% 60% / .5)", {128, 128, 128, 0.5}},
                         Row{"transparent", {0, 0, 0, 0}},
                         Row{"rebeccapurple", {0x66, 0x33, 0x99, 1}}}) {
    const auto color = parse_color(std::string_view(row.text));
    ASSERT_TRUE(color.has_value()) << row.text;
    EXPECT_EQ(to_hex(*color), to_hex(row.color)) << row.text;
    EXPECT_NEAR(color->alpha, row.color.alpha, 1e-12) << row.text;
  }
  for (const char* text : {"", "nocolor", "#12", "#12345", "#gggggg", "rgb(1,2)", "rgb(1,2%,3)",
                           "red blue", "hwb(1 2)", "hsl(1foo 2% 3%)"}) {
    EXPECT_FALSE(parse_color(std::string_view(text)).has_value()) << text;
  }
}

TEST(Lexers, Lengths) {
  const LengthContext context{200, 100, 10, 20};
  struct Row {
    const char* text;
    double x;
  };
  for (const Row& row :
       {Row{"5", 5}, Row{"5px", 5}, Row{"1in", 96}, Row{"2.54cm", 96}, Row{"25.4mm", 96},
        Row{"72pt", 96}, Row{"6pc", 96}, Row{"10%", 20}, Row{"2em", 20}, Row{"2ex", 10},
        Row{"2ch", 10}, Row{"2ic", 20}, Row{"2rem", 40}, Row{"40Q", 96 / 2.54}, Row{" 5 ", 5}}) {
    const auto length = parse_length(std::string_view(row.text));
    ASSERT_TRUE(length.has_value()) << row.text;
    EXPECT_NEAR(length->resolve(context, LengthAxis::kX), row.x, 1e-9) << row.text;
  }
  EXPECT_NEAR(parse_length(std::string_view("10%"))->resolve(context, LengthAxis::kY), 10, 1e-12);
  EXPECT_NEAR(parse_length(std::string_view("100%"))->resolve(context, LengthAxis::kOther),
              std::sqrt((200.0 * 200 + 100 * 100) / 2), 1e-9);
  for (const char* text : {"", "auto", "5q7", "px", "5 px", "5,"})
    EXPECT_FALSE(parse_length(std::string_view(text)).has_value()) << text;
}

TEST(Lexers, ViewBoxes) {
  EXPECT_TRUE(parse_view_box("0 0 24 24").has_value());
  EXPECT_TRUE(parse_view_box(" -1,-2 , 3 4 ").has_value());
  for (const char* text : {"", "0 0 24", "0 0 24 24 1", "0 0 -1 24", "a b c d"})
    EXPECT_FALSE(parse_view_box(text).has_value()) << text;
  const Matrix fit = view_box_transform({0, 0, 10, 10}, {}, 0, 0, 40, 20);
  EXPECT_EQ(fit.apply({5, 5}), (Point{20, 10}));
  EXPECT_EQ(fit.apply({0, 0}), (Point{10, 0}));
  const Matrix slice =
      view_box_transform({0, 0, 10, 10}, parse_aspect_ratio("xMinYMin slice"), 0, 0, 40, 20);
  EXPECT_EQ(slice.apply({10, 10}), (Point{40, 40}));
  const Matrix stretch =
      view_box_transform({0, 0, 10, 10}, parse_aspect_ratio("none"), 0, 0, 40, 20);
  EXPECT_EQ(stretch.apply({10, 10}), (Point{40, 20}));
}

TEST(Lexers, Urls) {
  EXPECT_EQ(url_id("url(#a)"), "a");
  EXPECT_EQ(url_id(" url( '#a b' ) red"), "a b");
  EXPECT_EQ(url_id("url(other.svg#a)"), "");
  EXPECT_EQ(url_id("#a"), "");
}

}  // namespace
}  // namespace svgfusion::svg
