// SPDX-License-Identifier: MIT
#include "svgfusion/icon/tokens.h"

#include <algorithm>
#include <cmath>

#include "icon/make_icons.h"
#include "svgfusion/icon/region.h"
#include "svgfusion/icon/simplify.h"

namespace svgfusion::icon {
namespace {

using svg::Point;
using svg::Subpath;

TEST(Simplify, StaysWithinItsTolerance) {
  Icon icon = canonical(
                  "<circle cx='12' cy='12' r='9'/><path d='M2 2c1 0 2 .1 3 .3 1 .2 2 .5 3 .9 1 .4 "
                  "2 .9 3 1.5V22H2z'/>")
                  .icon;
  Icon simple = icon;
  simplify(simple);
  const auto commands = [](const Icon& i) {
    std::size_t count = 0;
    for (const Contour& c : i.contours) count += c.geometry.segments.size();
    return count;
  };
  EXPECT_LT(commands(simple), commands(icon));
  // Every point of the simple outline is near the original's.
  for (std::size_t c = 0; c < icon.contours.size(); ++c) {
    const auto original = svg::flatten(icon.contours[c].geometry, 0.001);
    for (const Point p : svg::flatten(simple.contours[c].geometry, 0.001)) {
      double best = 1e9;
      for (std::size_t k = 0; k + 1 < original.size(); ++k) {
        const Point along = original[k + 1] - original[k];
        const double t =
            std::clamp(dot(p - original[k], along) / std::max(1e-12, dot(along, along)), 0.0, 1.0);
        best = std::min(best, distance(p, original[k] + t * along));
      }
      EXPECT_LT(best, SimplifyOptions{}.tolerance + 0.005);
    }
  }
}

TEST(Simplify, DropsWhatDrawsNothing) {
  Subpath contour{{0, 0},
                  {svg::line_to({0, 0}), svg::line_to({1, 0}), svg::line_to({2, 0}),
                   svg::cubic_to({3, 0}, {4, 0}, {5, 0}), svg::line_to({5, 5})},
                  false};
  simplify(contour, {});
  EXPECT_EQ(svg::write_path(contour, 1), "M0 0L5 0L5 5");
  Subpath back{{0, 0},
               {svg::line_to({5, 0}), svg::line_to({2, 0})},
               false};  // turning back is no straight line
  simplify(back, {});
  EXPECT_EQ(back.segments.size(), 2U);
}

TEST(Tokens, GridIsWithinHalfAStepAndExactOnIt) {
  for (std::uint8_t row = 0; row < kGridCount; ++row) {
    for (std::uint8_t bits = kLeastGridBits; bits <= kMostGridBits; ++bits) {
      const Grid grid{row, bits};
      for (int v = 0; v < grid.values(); ++v) EXPECT_EQ(grid.nearest(grid.coordinate(v)), v);
      for (double x = 3; x < 21; x += 0.0137)
        EXPECT_LE(std::abs(grid.coordinate(grid.nearest(x)) - x), grid.step() / 2 + 1e-9);
      EXPECT_EQ(grid.nearest(-100), 0);
      EXPECT_EQ(grid.nearest(100), grid.values() - 1);
    }
  }
  EXPECT_EQ(Grid{}.coordinate(Grid{}.nearest(7.3)), 12 + (81 - 128) * 0.1);
}

TEST(Tokens, EachBitHalvesTheStepAndKeepsTheValues) {
  for (std::uint8_t row = 0; row < kGridCount; ++row) {
    const Grid coarse{row, 8};
    const Grid fine{row, 10};
    EXPECT_EQ(fine.values(), 1024);
    EXPECT_EQ(fine.step(), coarse.step() / 4);
    for (int v = 0; v < coarse.values(); ++v)
      EXPECT_NEAR(fine.coordinate(4 * v), coarse.coordinate(v), 1e-12);
  }
}

TEST(Tokens, TheGridFollowsTheDrawing) {
  const auto grid_of = [](const char* body) { return *best_grid(canonical(body).icon); };
  EXPECT_EQ(grid_of("<path d='M2.1 3.3H9.7V8.9z'/>").step(), 0.1);
  EXPECT_EQ(grid_of("<path d='M3.1875 3.28125H9.09375V8.9999z'/>").step(), 3.0 / 32);
  EXPECT_EQ(grid_of("<path d='M3.25 3.3333333H9.6666667V8.75z'/>").step(), 1.0 / 12);
  EXPECT_EQ(grid_of("<path d='M.125 3.25H23.875V8.125z'/>").step(), 1.0 / 8);
}

TEST(Tokens, RoundTripIsIdentityOnTheGrid) {
  const std::uint64_t seed = 5;
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  base::Random random(seed);
  for (int i = 0; i < 200; ++i) {
    Icon icon = random_icon(random);
    const TokenIcon tokens = to_tokens(icon, Grid{});
    if (tokens.contour_count() == 0) continue;
    EXPECT_EQ(to_tokens(from_tokens(tokens, icon.styles), Grid{}), tokens) << i;
  }
}

TEST(Tokens, RoundingIsBetterThanNearestValues) {
  base::Random random(3);
  double fitted = 0;
  double nearest = 0;
  for (int i = 0; i < 60; ++i) {
    const auto number = [&](double around) { return base::to_fixed(around + random.uniform(), 4); };
    const std::string body =
        base::concat("<path d='M", number(5), " ", number(5), "C", number(9), " ", number(2), " ",
                     number(15), " ", number(2), " ", number(18), " ", number(6), "S", number(21),
                     " ", number(16), " ", number(17), " ", number(18), "S", number(4), " ",
                     number(20), " ", number(5), " ", number(14), "z'/>");
    const Icon icon = canonical(body).icon;
    Icon snapped = icon;
    for (Contour& c : snapped.contours) {
      const auto snap = [](Point& p) {
        p = {Grid{2}.coordinate(Grid{2}.nearest(p.x)), Grid{2}.coordinate(Grid{2}.nearest(p.y))};
      };
      snap(c.geometry.start);
      for (svg::Segment& s : c.geometry.segments) {
        snap(s.control1);
        snap(s.control2);
        snap(s.end);
      }
    }
    const auto difference = [&](const Icon& other) {
      return even_odd_difference({other.contours[0].geometry},
                                 {{{{icon.contours[0].geometry}}, svg::FillRule::kEvenOdd, {}}},
                                 400);
    };
    fitted += difference(from_tokens(to_tokens(icon, Grid{2}), icon.styles));
    nearest += difference(snapped);
  }
  EXPECT_LT(fitted, 0.6 * nearest);
}

TEST(Tokens, RoundingKeepsEndsAndCorners) {
  const Icon icon =
      canonical(
          "<path d='M3.04 7.03L20.06 13.07' fill='none' stroke='black' stroke-width='2'/>"
          "<path d='M4.03 15.04H19.96V21.93H4.03z'/>")
          .icon;
  const Icon rounded = from_tokens(to_tokens(icon, Grid{}), icon.styles);
  ASSERT_EQ(rounded.contours.size(), icon.contours.size());
  for (std::size_t c = 0; c < icon.contours.size(); ++c) {
    const Subpath& a = icon.contours[c].geometry;
    const Subpath& b = rounded.contours[c].geometry;
    EXPECT_LT(distance(a.start, b.start), 0.1);
    for (std::size_t i = 0; i < a.segments.size(); ++i)
      EXPECT_LT(distance(a.segments[i].end, b.segments[i].end), 0.1);
  }
}

TEST(Tokens, Limits) {
  const TokenIcon tokens = test::make_icon(0);
  EXPECT_EQ(over_limits(tokens, {}), "");
  EXPECT_CONTAINS(over_limits(tokens, {1, 32, 100}), "2 contours, more than the limit of 1");
  EXPECT_CONTAINS(over_limits(tokens, {16, 4, 100}), "commands in one contour");
  EXPECT_CONTAINS(over_limits(tokens, {16, 32, 8}), "commands, more than the limit of 8");
}

}  // namespace
}  // namespace svgfusion::icon
