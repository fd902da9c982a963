// SPDX-License-Identifier: MIT
#include "svgfusion/icon/icon.h"

#include "icon/make_icons.h"
#include "svgfusion/icon/overlaps.h"
#include "svgfusion/icon/tokens.h"
#include "svgfusion/render/raster.h"

namespace svgfusion::icon {
namespace {

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

// The dash that ends where a closed subpath does is one with the dash that begins there.
TEST(Icon, DashesGoOnWhereASubpathCloses) {
  EXPECT_EQ(described(canonical("<rect x='4' y='4' width='8' height='8' fill='none' stroke='red' "
                                "stroke-dasharray='12 4' stroke-dashoffset='6'/>")
                          .icon),
            "stroke #ff0000 1 butt miter M10 4L4 4L4 10\n"
            "stroke #ff0000 1 butt miter M12 6L12 12L6 12\n");
  EXPECT_EQ(described(canonical("<path d='M4 4H12V12L4 4' fill='none' stroke='red' "
                                "stroke-dasharray='8 4'/>")
                          .icon),
            "stroke #ff0000 1 butt miter M4 4L12 4\n"
            "stroke #ff0000 1 butt miter M4 4L6.34 6.34\n"
            "stroke #ff0000 1 butt miter M12 8L12 12L9.17 9.17\n")
      << "an open subpath ends";
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
        Row{"<path d='M-9 0L90 1L3 3' stroke='red' fill='none'/>", "reaches more than 24 over"},
        Row{"<path d='M-9 0L90 1L3 3'/>", "reaches more than 24 over"},
        Row{"<path d='M-9 0L-40 1L-3 3'/>", "nothing is drawn"},
        Row{"<path fill='red' fill-opacity='.5' d='M1 1h5v5z'/><path fill='blue' d='M1 1h5v5z'/>"
            "<path fill='red' fill-opacity='.5' d='M1 1h5v5z'/>",
            "in turns"}}) {
    EXPECT_CONTAINS(canonical(row.body).skip_reason, row.reason) << row.body;
  }
}

TEST(Icon, WhatIsBeyondThePictureIsNotDrawn) {
  const char* square = "<path d='M4 4h16v16h-16z'/>";
  const std::string alone = described(canonical(square).icon);
  // Parts that no viewer shows, as editors leave them.
  for (const char* stray : {"<path d='M-900 4h5v5h-5z'/>", "<circle cx='12' cy='60' r='3'/>",
                            "<path fill='none' stroke='red' d='M4 40h9'/>"}) {
    EXPECT_EQ(described(canonical(base::concat(square, stray)).icon), alone) << stray;
  }
  EXPECT_EQ(described(canonical("<path d='M4 4h36v16h-36z'/>").icon),
            "fill #000000 M4 4L24 4L24 20L4 20Z\n");
  // A little over the edge is kept as it was drawn.
  EXPECT_EQ(described(canonical("<path d='M4 4h20.5v16h-20.5z'/>").icon),
            "fill #000000 M4 4L24.5 4L24.5 20L4 20Z\n");
  // The picture of a wide icon is less high than the box.
  EXPECT_EQ(described(canonical_icon(svg::read_document(
                                         "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 "
                                         "12'><path d='M4 4h2v20h-2z'/></svg>",
                                         "wide"))
                          .icon),
            "fill #000000 M4 10L6 10L6 18L4 18Z\n");
}

// What a later colour does not cover may be painted before it, however their extents lie.
TEST(Icon, ColoursInTurnsMayLieBesideEachOther) {
  const std::string red = "<path fill='red' d='M2 2h4v20h-4z'/>";
  const std::string blue = "<path fill='blue' d='M8 2h14v2h-12v18h-2z'/>";
  const CanonicalResult beside = canonical(red + blue + "<path fill='red' d='M12 8h8v8h-8z'/>");
  ASSERT_EQ(beside.skip_reason, "");
  EXPECT_EQ(beside.icon.styles.size(), 2U);
  EXPECT_TRUE(overlaps(beside.icon).empty());
  const CanonicalResult over = canonical(red + "<path stroke='blue' d='M0 5H9'/>");
  EXPECT_EQ(overlaps(over.icon), (std::vector<Overlap>{{0, 1}}));
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
      "<path d='M7.3 13.2C20 17.8 2.2 10.9 10.3 16.3' {}/>",         // a hairpin
      "<path d='M18 20C15 26 24 18 18 23M4 5C16 9 16 10 4 6' {}/>",  // more
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
}

// At a cusp the pen turns all about, whatever the joins.
TEST(Icon, ExpandedCuspsShowThePen) {
  const CanonicalResult expanded =
      canonical("<path d='M6 18C18 6 6 6 18 18' fill='none' stroke='black' stroke-width='3'/>",
                {.drop_colors = false, .expand_strokes = true});
  const CanonicalResult halves = canonical(
      "<path d='M6 18C12 12 12 9 12 9C12 9 12 12 18 18' fill='none' stroke='black' "
      "stroke-width='3' stroke-linejoin='round'/>");
  ASSERT_EQ(expanded.skip_reason, "");
  EXPECT_GT(render::intersection_over_union(render::rasterize(expanded.icon, 256),
                                            render::rasterize(halves.icon, 256)),
            0.993);
}

// Where no single stroke looks as drawn, its outline does.
TEST(Icon, StrokesThatCannotStayBecomeFills) {
  struct Row {
    const char* drawn;
    const char* filled;
  };
  for (const Row& row :
       {Row{"<path transform='scale(1 3)' d='M2 1V4' fill='none' stroke='red'/>",
            "<path fill='red' d='M1.5 3h1v9h-1z'/>"},
        Row{"<path transform='translate(2 6) skewX(45)' d='M0 0v6' fill='none' stroke='red' "
            "stroke-width='2'/>",
            "<path fill='red' d='M1 6h2l6 6h-2z'/>"},
        Row{"<clipPath id='c'><circle cx='12' cy='12' r='6'/></clipPath><path d='M0 12h24' "
            "fill='none' stroke='red' stroke-width='30' clip-path='url(#c)'/>",
            "<circle fill='red' cx='12' cy='12' r='6'/>"},
        Row{"<path d='M-9 12h40' fill='none' stroke='red' stroke-width='4'/>",
            "<path fill='red' d='M0 10h24v4h-24z'/>"}}) {
    const CanonicalResult drawn = canonical(row.drawn);
    ASSERT_EQ(drawn.skip_reason, "") << row.drawn;
    for (const Style& style : drawn.icon.styles) EXPECT_EQ(to_text(style), "fill #ff0000");
    EXPECT_GT(render::intersection_over_union(render::rasterize(drawn.icon, 256),
                                              render::rasterize(canonical(row.filled).icon, 256)),
              0.999)
        << row.drawn;
  }
}

// What exclamation marks are dotted with in many sets: a path of a hundredth of a unit, drawn by
// its joins, of which a grid leaves nothing but a point.
TEST(Icon, DotsThatOnlyJoinsDrawStay) {
  struct Row {
    const char* drawn;
    const char* kept;
  };
  const std::string pen = "' fill='none' stroke='black' stroke-width='3' ";
  for (const Row& row :
       {Row{"M12 8h.01v.01H12z' stroke-linejoin='round", "M12 8Z' stroke-linecap='round"},
        Row{"M12 8h.01v.01H12z", "M12 8Z' stroke-linecap='square"},
        Row{"M12 8h.01' stroke-linecap='round", "M12 8Z' stroke-linecap='round"},
        Row{"M12 8h.01' stroke-linecap='square", "M12 8Z' stroke-linecap='square"}}) {
    const CanonicalResult drawn = canonical("<path d='" + (row.drawn + pen) + "/>");
    ASSERT_EQ(drawn.skip_reason, "") << row.drawn;
    const Icon& icon = drawn.icon;
    const Icon kept = canonical("<path d='" + (row.kept + pen) + "/>").icon;
    ASSERT_EQ(icon.contours.size(), 1U) << row.drawn;
    EXPECT_NEAR(render::ink(render::rasterize(kept, 256)) * 24 * 24, 8, 1.1) << row.kept;
    EXPECT_EQ(icon.styles.at(0).cap, kept.styles.at(0).cap) << row.drawn;
    const Icon rounded = from_tokens(to_tokens(icon, best_grid(icon).value()), icon.styles);
    for (const Icon& shown : {icon, rounded}) {
      EXPECT_GT(render::intersection_over_union(render::rasterize(shown, 256),
                                                render::rasterize(kept, 256)),
                0.95)
          << row.drawn;
    }
  }
  // Hairlines, the second by bevels: miters of a turn about are over every limit.
  for (const char* hairline : {"M12 8h.01", "M12 8h.01z"}) {
    const Icon icon = canonical("<path d='" + (hairline + pen) + "/>").icon;
    ASSERT_EQ(icon.contours.size(), 1U) << hairline;
    EXPECT_EQ(icon.styles.at(0).cap, svg::LineCap::kButt) << hairline;
  }
  EXPECT_EQ(canonical("<path d='M12 8Z" + pen + "/>").skip_reason, "nothing is drawn");
}

// Compositing one colour twice is darker than once; where nothing of it meets, one style is enough.
TEST(Icon, HalfTransparentShapesOfOneColourAreOneStyleUnlessTheyOverlap) {
  const auto styles = [](const std::string& body) { return canonical(body).icon.styles.size(); };
  const std::string faint = "<rect opacity='.4' width='8' height='8' ";
  EXPECT_EQ(styles(faint + "x='2' y='2'/>" + faint + "x='6' y='6'/>"), 2U);
  EXPECT_EQ(styles(faint + "x='2' y='2'/>" + faint + "x='12' y='12'/>"), 1U);
  // Boxes that meet although the shapes do not.
  const std::string corner = "<path opacity='.4' d='";
  EXPECT_EQ(styles(corner + "M2 2H20V4H4V20H2z'/>" + corner + "M8 8H20V20H8z'/>"), 1U);
  const std::string line = "<path fill='none' stroke='black' opacity='.4' stroke-width='2' d='";
  EXPECT_EQ(styles(line + "M2 2L20 20'/>" + line + "M20 2L2 20'/>"), 2U);
  EXPECT_EQ(styles(line + "M2 2L10 10'/>" + line + "M9 2L20 12'/>"), 1U);
  // Other opacities of the colour may lie anywhere, in any order.
  EXPECT_EQ(styles(faint + "x='2' y='2'/><path d='M2 2h20v20z'/>" + faint + "x='12' y='12'/>"), 2U);
}

}  // namespace
}  // namespace svgfusion::icon
