// SPDX-License-Identifier: MIT
#include "svgfusion/icon/region.h"

#include <cmath>

#include "icon/make_icons.h"

namespace svgfusion::icon {
namespace {

using svg::Subpath;
using test::svg_text;

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

// Strokes with round ends that meet in a point, their outlines arcs of one circle.
TEST(Region, StrokesThatMeetKeepTheirCurves) {
  base::Random random(3);
  for (int i = 0; i < 60; ++i) {
    std::string d = "M12 12";
    const double first = 6.28 * random.uniform();
    for (const double angle : {first, first + 0.3 + 2.5 * random.uniform()}) {
      const double size = 3 + 5 * random.uniform();
      d += base::concat("M12 12l", base::to_fixed(size * std::cos(angle), 3), " ",
                        base::to_fixed(size * std::sin(angle), 3));
    }
    const std::string body = base::concat(
        "<path fill='none' stroke='#000' stroke-width='2' stroke-linecap='round' d='", d, "'/>");
    const CanonicalResult result = canonical(body, {.drop_colors = false, .expand_strokes = true});
    ASSERT_TRUE(result.skip_reason.empty()) << result.skip_reason;
    std::size_t segments = 0;
    for (const Contour& c : result.icon.contours) segments += c.geometry.segments.size();
    EXPECT_LE(segments, 12) << body;
  }
}

// Rings under their own turned copies: the chords of one cut those of the other all the way round.
TEST(Region, RingsOverTheirTwinsAreResolved) {
  std::string rings;
  for (const double r : {5.0, 8.0}) {
    for (const double radius : {r, r + 1})
      rings += base::concat("M", 12 - radius, " 12a", radius, " ", radius, " 0 1 0 ", 2 * radius,
                            " 0a", radius, " ", radius, " 0 1 0 ", -2 * radius, " 0");
  }
  rings = base::concat("<path fill-rule='evenodd' d='", rings, "' ");
  const std::string bar = "<path d='M3.8 4.5l.7-.7l15.7 15.7l-.7.7z'/>";
  const std::string body = base::concat(rings, "/>", rings, "transform='rotate(7 12 12)'/>", bar);
  const svg::Document document = svg::read_document(svg_text(body), "t");
  std::vector<FilledShape> shapes;
  for (const svg::Node& node : document.root.children) {
    const auto& shape = std::get<svg::Shape>(node);
    shapes.push_back({svg::transformed(shape.path, shape.transform), shape.fill->rule, {}});
  }
  const auto contours = even_odd_contours(shapes);
  ASSERT_TRUE(contours.has_value());
  EXPECT_LT(even_odd_difference(*contours, shapes, 331), 0.04);
}

// Stars over copies of themselves that are turned by a hair: crossings of lines so nearly parallel
// must not creep along them from one lattice point to the next, each time they are rounded.
TEST(Region, ShapesOverTheirNearTwinsAreResolved) {
  base::Random random(5);
  for (int i = 0; i < 60; ++i) {
    const double turn = std::pow(10, -4.5 + 2 * random.uniform());
    const double first = 6 * random.uniform();
    FilledShape stars;
    for (int copy = 0; copy < 4; ++copy) {
      svg::Subpath star;
      star.closed = true;
      for (int k = 0; k < 6; ++k) {
        const double angle = first + copy * turn + k * 6.28318 / 6;
        const double radius = k % 2 == 0 ? 10 : 4;
        const svg::Point at{12 + radius * std::cos(angle), 12 + radius * std::sin(angle)};
        if (k == 0) star.start = at;
        if (k > 0) star.segments.push_back(svg::line_to(at));
      }
      stars.path.subpaths.push_back(star);
    }
    const auto contours = even_odd_contours({stars});
    ASSERT_TRUE(contours.has_value()) << turn << " " << first;
    EXPECT_LT(even_odd_difference(*contours, {stars}, 331), 0.1) << turn << " " << first;
    std::size_t segments = 0;
    for (const svg::Subpath& contour : *contours) segments += contour.segments.size();
    EXPECT_LE(segments, 2 * 4 * 6) << turn << " " << first;  // no side in more than two parts
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

// Curves are crossed where they are, at extrema and where they run level too.
TEST(Region, AreasAreThoseOfTheCurves) {
  struct Row {
    const char* d;
    double area;
  };
  constexpr double kPi = 3.14159265358979;
  for (const Row& row : {Row{"M2 12a10 10 0 0 1 20 0a10 10 0 0 1-20 0z", kPi * 100},
                         Row{"M7 12a5 2 0 0 1 10 0a5 2 0 0 1-10 0z", kPi * 10},
                         Row{"M2 2C22 2 2 22 22 22H2z", 200},   // level at both ends
                         Row{"M2 2C2 22 22 2 22 22H2z", 200},   // upright at both, level between
                         Row{"M2 2C30 12 30 12 2 22z", 252},    // 9/10 of the triangle's
                         Row{"M2 22C22 2 2 2 22 22z", 120}}) {  // a cusp
    const svg::Document document =
        svg::read_document(svg_text(base::concat("<path d='", row.d, "'/>")), "t");
    const FilledShape shape{
        std::get<svg::Shape>(document.root.children[0]).path, svg::FillRule::kEvenOdd, {}};
    EXPECT_NEAR(even_odd_difference({}, {shape}, 9600), row.area, 2e-3 * row.area) << row.d;
    EXPECT_NEAR(even_odd_difference(shape.path.subpaths, {shape}, 960), 0, 1e-3) << row.d;
  }
}

TEST(Region, AClipOfLevelLinesIsNoBoxForThat) {
  for (const char* clip : {"M0 0H24V24H12z", "M0 0H24V24H12V0z"}) {
    const CanonicalResult result =
        canonical(base::concat("<clipPath id='c'><path d='", clip,
                               "'/></clipPath><path d='M2 2h20v20h-20z' clip-path='url(#c)'/>"));
    ASSERT_EQ(result.skip_reason, "") << clip;
    std::vector<Subpath> contours;
    for (const Contour& contour : result.icon.contours) contours.push_back(contour.geometry);
    const svg::Document document = svg::read_document(
        svg_text(base::concat("<path d='", clip, "'/><path d='M2 2h20v20h-20z'/>")), "t");
    std::vector<FilledShape> both;
    for (const svg::Node& node : document.root.children)
      both.push_back({std::get<svg::Shape>(node).path, svg::FillRule::kNonZero, {}});
    const double wanted = common_area({both[0]}, {both[1]}, 960);
    EXPECT_LT(wanted, 350) << clip;  // of 400
    EXPECT_NEAR(even_odd_difference(contours, {}, 960), wanted, 0.5) << clip;
  }
}

TEST(Region, CommonAreaIsWhatBothUnionsCover) {
  const auto square = [](double x, double y, double size, svg::FillRule rule) {
    const Subpath outline{{x, y},
                          {svg::line_to({x + size, y}), svg::line_to({x + size, y + size}),
                           svg::line_to({x, y + size})},
                          true};
    return FilledShape{{{outline}}, rule, {}};
  };
  const FilledShape a = square(2, 2, 10, svg::FillRule::kNonZero);
  const FilledShape b = square(8, 6, 10, svg::FillRule::kEvenOdd);
  const FilledShape far = square(20, 2, 3, svg::FillRule::kNonZero);
  EXPECT_NEAR(common_area({a}, {b}, 960), 24, 0.1);
  EXPECT_NEAR(common_area({b}, {a}, 960), 24, 0.1);
  EXPECT_NEAR(common_area({a, a, far}, {far, b}, 960), 24 + 9, 0.1);
  EXPECT_NEAR(common_area({a}, {far}, 960), 0, 1e-9);
  // Twice the same outline under even-odd is a hole; a clip leaves its inside.
  FilledShape hole = square(2, 2, 10, svg::FillRule::kEvenOdd);
  hole.path.subpaths.push_back(hole.path.subpaths[0]);
  EXPECT_NEAR(common_area({a}, {hole}, 960), 0, 1e-9);
  FilledShape clipped = a;
  clipped.clips = {
      {{far.path, {}, svg::FillRule::kNonZero}, {b.path, {}, svg::FillRule::kNonZero}}};
  EXPECT_NEAR(common_area({clipped}, {a}, 960), 24, 0.1);
}

}  // namespace
}  // namespace svgfusion::icon
