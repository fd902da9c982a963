// SPDX-License-Identifier: MIT
#include "svgfusion/icon/icon.h"

#include <algorithm>
#include <cmath>

#include "support/support.h"
#include "svgfusion/base/random.h"
#include "svgfusion/icon/canonical.h"
#include "svgfusion/icon/region.h"
#include "svgfusion/icon/simplify.h"
#include "svgfusion/icon/tokens.h"
#include "svgfusion/render/raster.h"
#include "svgfusion/svg/path_data.h"

namespace svgfusion::icon {
namespace {

using svg::Point;
using svg::Subpath;
using test::svg_text;

CanonicalResult canonical(const std::string& body, const CanonicalOptions& options = {}) {
  return canonical_icon(svg::read_document(svg_text(body), "t"), options);
}

std::string described(const Icon& icon) {
  std::string out;
  for (const Contour& c : icon.contours)
    out += to_text(icon.styles[c.style]) + " " + svg::write_path(c.geometry, 2) + "\n";
  return out;
}

// A random closed or open contour with coordinates on a coarse grid, so that equal corners occur.
Subpath random_contour(base::Random& random) {
  const auto point = [&] {
    return Point{static_cast<double>(random.below(20)) + 2,
                 static_cast<double>(random.below(20)) + 2};
  };
  Subpath out{point(), {}, random.below(2) == 0};
  for (std::uint64_t n = 0; n < 2 + random.below(5); ++n) {
    out.segments.push_back(random.below(2) == 0 ? svg::line_to(point())
                                                : svg::cubic_to(point(), point(), point()));
  }
  return out;
}

Icon random_icon(base::Random& random) {
  Icon icon;
  icon.styles = {Style{},
                 Style{Style::Kind::kStroke, 0xFF, 2, svg::LineCap::kRound, svg::LineJoin::kRound}};
  for (std::uint64_t n = 0; n < 1 + random.below(4); ++n) {
    Contour contour{random_contour(random), random.below(2)};
    if (contour.style == 0) contour.geometry.closed = true;
    icon.contours.push_back(contour);
  }
  return icon;
}

TEST(Icon, OrderDoesNotChangeThePictureAndIsIdempotent) {
  const std::uint64_t seed = 77;
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  base::Random random(seed);
  for (int i = 0; i < 100; ++i) {
    Icon icon = random_icon(random);
    const render::GrayImage before = render::rasterize(icon, 48);
    put_in_order(icon);
    EXPECT_GT(render::intersection_over_union(before, render::rasterize(icon, 48)), 0.99) << i;
    Icon again = icon;
    put_in_order(again);
    EXPECT_EQ(described(again), described(icon)) << i;
  }
}

TEST(Icon, OrderForgetsHowTheContourWasWritten) {
  const auto ordered = [](const char* path) {
    return described(canonical(base::concat("<path d='", path, "'/>")).icon);
  };
  const std::string square = ordered("M4 4L20 4L20 20L4 20Z");
  EXPECT_EQ(square, "fill #000000 M4 4L20 4L20 20L4 20Z\n");
  EXPECT_EQ(ordered("M20 20L4 20L4 4L20 4Z"), square);
  EXPECT_EQ(ordered("M4 20L20 20L20 4L4 4Z"), square);
  EXPECT_EQ(ordered("M4 4V20H20V4H4"), square);
  EXPECT_EQ(ordered("M4 4V20H20V4H4Z"), square);
}

TEST(Icon, TheClosingEdgeSurvives) {
  // DeepSVG's reader loses it: this triangle then is a doubled line.
  EXPECT_EQ(described(canonical("<path d='M18 12 L4 12 L8 4 z'/>").icon),
            "fill #000000 M8 4L18 12L4 12Z\n");
}

TEST(Icon, StrokesStayStrokes) {
  const CanonicalResult result = canonical(
      "<g transform='scale(2)'><path d='M1 9L9 1' fill='none' stroke='#123456' stroke-width='.75' "
      "stroke-linecap='round' stroke-linejoin='bevel'/></g>");
  EXPECT_EQ(described(result.icon), "stroke #123456 1.5 round bevel M18 2L2 18\n");
}

TEST(Icon, DashesBecomeContours) {
  EXPECT_EQ(described(canonical("<path d='M0 4H10' fill='none' stroke='red' stroke-dasharray='3 2' "
                                "stroke-dashoffset='1'/>")
                          .icon),
            "stroke #ff0000 1 butt miter M0 4L2 4\nstroke #ff0000 1 butt miter M4 4L7 4\nstroke "
            "#ff0000 1 butt miter M9 4L10 4\n");
}

TEST(Icon, RoundDotsSurvive) {
  EXPECT_EQ(
      described(
          canonical("<path d='M4 4h0' fill='none' stroke='red' stroke-linecap='round'/>").icon),
      "stroke #ff0000 1 round miter M4 4L4 4\n");
  EXPECT_EQ(canonical("<path d='M4 4h0' fill='none' stroke='red'/>").skip_reason,
            "nothing is drawn");
}

TEST(Icon, WhatCannotBeKeptHasAReason) {
  struct Row {
    const char* body;
    const char* reason;
  };
  for (const Row& row :
       {Row{"", "nothing is drawn"}, Row{"<text>x</text>", "<text> is not supported"},
        Row{"<path transform='scale(1 3)' d='M1 1L5 1' stroke='red'/>", "no single width"},
        Row{"<path d='M-9 0L40 1L3 3'/>", "reaches more than"},
        Row{"<g opacity='.5'><path d='M1 1h5v5z'/><path d='M2 2h5v5z'/></g>",
            "half-transparent group"},
        Row{"<path fill='red' d='M1 1h5v5z'/><path fill='blue' d='M1 1h5v5z'/><path fill='red' "
            "d='M1 1h5v5z'/>",
            "in turns"}}) {
    EXPECT_CONTAINS(canonical(row.body).skip_reason, row.reason) << row.body;
  }
}

TEST(Icon, DroppedColorsMakeOneStyle) {
  CanonicalOptions options;
  options.drop_colors = true;
  EXPECT_EQ(canonical("<path fill='red' d='M1 1h5v5z'/><path fill='blue' d='M9 9h5v5z'/>", options)
                .icon.styles.size(),
            1U);
  EXPECT_EQ(canonical("<path fill='red' d='M1 1h5v5z'/><path fill='blue' d='M9 9h5v5z'/>")
                .icon.styles.size(),
            2U);
}

// Overlapping non-zero fills against a brute-force picture of the region.
TEST(Region, OverlapsAreResolvedToTheSamePicture) {
  const char* bodies[] = {
      "<path d='M4 4h10v10h-10z M8 8h10v10h-10z'/>",  // two squares, one path
      "<rect x='4' y='4' width='10' height='10'/><rect x='8' y='8' width='10' "
      "height='10'/>",  // two elements
      "<circle cx='9' cy='12' r='6'/><circle cx='15' cy='12' r='6'/>",
      "<circle cx='12' cy='12' r='9'/><circle cx='12' cy='12' r='4'/>",  // one inside
                                                                         // the other
      "<path d='M12 2L19 21L2 9H22L5 21Z'/>",  // a star that crosses itself
      "<rect x='4' y='4' width='8' height='8'/><rect x='12' y='4' width='8' "
      "height='8'/>",  // sharing an edge
      "<rect x='4' y='4' width='8' height='8'/><rect x='4' y='4' width='8' "
      "height='8'/>",  // twice the same
      "<path d='M2 12C2 2 22 2 22 12C22 22 2 22 2 12Z'/><path d='M6 12C6 4 18 4 18 "
      "12Z'/>",
      "<clipPath id='c'><circle cx='12' cy='12' r='6'/></clipPath><rect "
      "clip-path='url(#c)' x='2' y='2' width='14' height='20'/>",
  };
  for (const char* body : bodies) {
    const svg::Document document = svg::read_document(svg_text(body), "t");
    std::vector<FilledShape> shapes;
    std::vector<std::vector<svg::ClipShape>> clips;
    const auto collect = [&](const svg::Group& group, const auto& self,
                             std::vector<std::vector<svg::ClipShape>> held) -> void {
      if (group.clip) held.push_back(group.clip->shapes);
      for (const svg::Node& node : group.children) {
        if (const auto* shape = std::get_if<svg::Shape>(&node))
          shapes.push_back({shape->path, shape->fill->rule, held});
        else
          self(std::get<svg::Group>(node), self, held);
      }
    };
    collect(document.root, collect, {});
    const auto contours = even_odd_contours(shapes);
    ASSERT_TRUE(contours.has_value()) << body;
    EXPECT_LT(even_odd_difference(*contours, shapes, 331), 0.01) << body;
    EXPECT_TRUE(canonical(body).skip_reason.empty()) << canonical(body).skip_reason;
  }
}

// Expanded strokes against cairo's own strokes.
TEST(Icon, ExpandedStrokesShowTheSamePicture) {
  const char* bodies[] = {
      "<path d='M4 20L12 4L20 20' {}/>",
      "<path d='M4 20L12 4L20 20z' {}/>",
      "<path d='M3 12C3 4 9 4 12 12S21 20 21 12' {}/>",
      "<circle cx='12' cy='12' r='7' {}/>",
      "<path d='M4 4h16M4 12h16M12 2v20' {}/>",  // crossing lines
      "<path d='M6 18L18 6L8 10z M12 12h.001' {}/>",
      "<rect x='5' y='5' width='14' height='14' rx='4' {}/>",
      "<path d='M4 12C4 12 20 2 20 12' stroke-dasharray='3 2' {}/>",
  };
  const char* pens[] = {
      "fill='none' stroke='black' stroke-width='2' stroke-linecap='round' stroke-linejoin='round'",
      "fill='none' stroke='black' stroke-width='1.5'",
      "fill='none' stroke='black' stroke-width='3' stroke-linejoin='bevel' stroke-linecap='square'",
  };
  for (const std::string body : bodies) {
    for (const char* pen : pens) {
      std::string text = body;
      text.replace(text.find("{}"), 2, pen);
      const CanonicalResult expanded =
          canonical(text, {.drop_colors = false, .expand_strokes = true});
      ASSERT_EQ(expanded.skip_reason, "") << text;
      for (const Style& style : expanded.icon.styles) EXPECT_EQ(style.kind, Style::Kind::kFill);
      EXPECT_GT(render::intersection_over_union(render::rasterize(expanded.icon, 256),
                                                render::rasterize(canonical(text).icon, 256)),
                0.993)
          << text;
    }
  }
  // A stroke under a skew has no one width, but an outline.
  const std::string skewed =
      "<path transform='skewX(30) scale(1 .7)' d='M2 6H12V20' fill='none' stroke='black'/>";
  EXPECT_NE(canonical(skewed).skip_reason, "");
  EXPECT_EQ(canonical(skewed, {.expand_strokes = true}).skip_reason, "");
}

// Outlines that run along each other on different curves, which crossings of curves cannot resolve.
TEST(Region, OutlinesThatRunAlongEachOtherAreResolved) {
  base::Random random(11);
  for (int i = 0; i < 40; ++i) {
    // Arcs of one circle, cut at different places, and strips that touch them.
    std::string d;
    for (int k = 0; k < 3; ++k) {
      const double from = random.uniform() * 6.28;
      const double to = from + 1 + random.uniform() * 2;
      const auto at = [](double angle) {
        return base::concat(base::to_fixed(12 + 7 * std::cos(angle), 9), " ",
                            base::to_fixed(12 + 7 * std::sin(angle), 9));
      };
      d += base::concat("M12 12L", at(from), "A7 7 0 0 1 ", at(to), "z");
    }
    const std::string body =
        base::concat("<path d='", d, "'/><rect x='5' y='11' width='7' height='2'/>");
    const svg::Document document = svg::read_document(svg_text(body), "t");
    std::vector<FilledShape> shapes;
    for (const svg::Node& node : document.root.children) {
      const auto& shape = std::get<svg::Shape>(node);
      shapes.push_back({shape.path, shape.fill->rule, {}});
    }
    const auto contours = even_odd_contours(shapes);
    ASSERT_TRUE(contours.has_value()) << body;
    EXPECT_LT(even_odd_difference(*contours, shapes, 331), 0.04) << body;
  }
}

TEST(Region, TheCheckNoticesADifference) {
  const Subpath square{
      {4, 4}, {svg::line_to({14, 4}), svg::line_to({14, 14}), svg::line_to({4, 14})}, true};
  Subpath moved = square;
  moved.start.x += 0.5;
  moved.segments[2].end.x += 0.5;
  const FilledShape shape{{{square}}, svg::FillRule::kNonZero, {}};
  EXPECT_NEAR(even_odd_difference({square}, {shape}, 96), 0, 1e-9);
  EXPECT_NEAR(even_odd_difference({moved}, {shape}, 960), 5, 0.1);
}

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
  for (std::uint8_t grid = 0; grid < kGridCount; ++grid) {
    for (int v = 0; v < kGridSize; ++v) {
      const auto value = static_cast<std::uint8_t>(v);
      EXPECT_EQ(to_grid(from_grid(value, grid), grid), value);
    }
    for (double x = 3; x < 21; x += 0.0137)
      EXPECT_LE(std::abs(from_grid(to_grid(x, grid), grid) - x), kGridSteps[grid] / 2 + 1e-9);
  }
  EXPECT_EQ(from_grid(to_grid(7.3, 0), 0), 12 + (81 - 128) * 0.1);
  EXPECT_EQ(to_grid(-100, 0), 0);
  EXPECT_EQ(to_grid(100, 0), 255);
}

TEST(Tokens, TheGridFollowsTheDrawing) {
  const auto grid_of = [](const char* body) { return *best_grid(canonical(body).icon); };
  EXPECT_EQ(kGridSteps[grid_of("<path d='M2.1 3.3H9.7V8.9z'/>")], 0.1);
  EXPECT_EQ(kGridSteps[grid_of("<path d='M3.1875 3.28125H9.09375V8.9999z'/>")], 3.0 / 32);
  EXPECT_EQ(kGridSteps[grid_of("<path d='M3.25 3.3333333H9.6666667V8.75z'/>")], 1.0 / 12);
  EXPECT_EQ(kGridSteps[grid_of("<path d='M.125 3.25H23.875V8.125z'/>")], 1.0 / 8);
}

TEST(Tokens, RoundTripIsIdentityOnTheGrid) {
  const std::uint64_t seed = 5;
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  base::Random random(seed);
  for (int i = 0; i < 200; ++i) {
    Icon icon = random_icon(random);
    const TokenIcon tokens = to_tokens(icon, 0);
    if (tokens.contour_count() == 0) continue;
    EXPECT_EQ(to_tokens(from_tokens(tokens, icon.styles), 0), tokens) << i;
  }
}

// Area between a contour and what it became, by the fills' symmetric difference.
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
        p = {from_grid(to_grid(p.x, 2), 2), from_grid(to_grid(p.y, 2), 2)};
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
    fitted += difference(from_tokens(to_tokens(icon, 2), icon.styles));
    nearest += difference(snapped);
  }
  EXPECT_LT(fitted, 0.6 * nearest);
}

// A round-capped line must not slide along itself, nor a corner along one of its sides.
TEST(Tokens, RoundingKeepsEndsAndCorners) {
  const Icon icon =
      canonical(
          "<path d='M3.04 7.03L20.06 13.07' fill='none' stroke='black' stroke-width='2'/>"
          "<path d='M4.03 15.04H19.96V21.93H4.03z'/>")
          .icon;
  const Icon rounded = from_tokens(to_tokens(icon, 0), icon.styles);
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
