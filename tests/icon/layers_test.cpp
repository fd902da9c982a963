// SPDX-License-Identifier: MIT
// Colours painted in turns, half-transparent shapes over each other, faded groups.
#include <array>

#include "icon/canvas.h"
#include "icon/make_icons.h"

namespace svgfusion::icon {
namespace {

using base::concat;

std::string kept(const std::string& body) {
  const CanonicalResult result = canonical(body);
  return result.skip_reason.empty() ? described(result.icon) : result.skip_reason;
}

TEST(Layers, AnOpaqueColourIsCutOutOfWhatWasPaintedSince) {
  const std::string red = "<path fill='red' d='M2 2h20v20h-20z'/>";
  const std::string blue = "<path fill='blue' d='M4 4h16v16h-16z'/>";
  const std::string dot = "<path fill='red' d='M8 8h4v4h-4z'/>";
  EXPECT_EQ(kept(red + blue + dot),
            "fill #ff0000 M2 2L22 2L22 22L2 22Z\n"
            "fill #0000ff M4 4L20 4L20 20L4 20Z\n"
            "fill #0000ff M8 8L12 8L12 12L8 12Z\n");
  EXPECT_EQ(kept("<path fill='red' d='M2 2h4v4h-4z'/>" + blue + dot + dot),
            "fill #ff0000 M2 2L6 2L6 6L2 6Z\n"
            "fill #0000ff M4 4L20 4L20 20L4 20Z\n"
            "fill #ff0000 M8 8L12 8L12 12L8 12Z\n"
            "fill #0000ff M8 8L12 8L12 12L8 12Z\n");
  // A stroke becomes the fill of its outline where it is cut, others of its style stay strokes.
  EXPECT_EQ(kept(red +
                 "<path stroke='blue' stroke-width='2' d='M4 10H20'/>"
                 "<path stroke='blue' stroke-width='2' d='M4 18H20'/>" +
                 dot),
            "fill #ff0000 M2 2L22 2L22 22L2 22Z\n"
            "fill #0000ff M4 9L8 9L8 11L4 11Z\n"
            "fill #0000ff M12 9L20 9L20 11L12 11Z\n"
            "stroke #0000ff 2 butt miter M4 18L20 18\n");
  EXPECT_EQ(kept(red + blue + "<path fill='red' d='M1 1h22v22h-22z'/>"),
            "fill #ff0000 M1 1L23 1L23 23L1 23Z\n")
      << "nothing is left of what is covered";
}

TEST(Layers, HalfTransparentShapesHaveAStrongerStyleWhereTheyShareArea) {
  const std::string one = "<path fill-opacity='.2' d='M2 2h12v12h-12z'/>";
  const std::string two = "<path fill-opacity='.2' d='M6 6h4v4h-4z'/>";
  EXPECT_EQ(kept(one + two),
            "fill #000000 20% M2 2L14 2L14 14L2 14Z\n"
            "fill #000000 20% M6 6L10 6L10 10L6 10Z\n"
            "fill #000000 36% M6 6L10 6L10 10L6 10Z\n");
  // Three times 0.2 is 1 - 0.8 to the third, which the two layers give together.
  EXPECT_EQ(canonical(one + two + two).icon.styles.size(), 2U);
  EXPECT_EQ(kept("<g stroke-opacity='.2' stroke-width='4' stroke='#000'><path d='M4 12H20'/>"
                 "<path d='M12 4V20'/></g>"),
            "fill #000000 20% M10 4L14 4L14 20L10 20Z\n"
            "stroke #000000 20% 4 butt miter M4 12L20 12\n")
      << "a fill over a stroke is as the stroke over itself";
}

TEST(Layers, AFadedGroupIsPaintedAsOne) {
  EXPECT_EQ(kept("<g opacity='.5'><path d='M2 2h8v8h-8z'/><path d='M6 2h8v8h-8z'/></g>"),
            "fill #000000 50% M2 2L10 2L14 2L14 10L10 10L2 10Z\n");
  EXPECT_EQ(kept("<g opacity='.5'><path fill='red' d='M2 2h20v20h-20z'/>"
                 "<path fill='blue' d='M6 6h4v4h-4z'/></g>"),
            "fill #ff0000 50% M2 2L22 2L22 22L2 22Z\n"
            "fill #ff0000 50% M6 6L10 6L10 10L6 10Z\n"
            "fill #0000ff 50% M6 6L10 6L10 10L6 10Z\n");
  EXPECT_EQ(kept("<path opacity='.5' fill='red' stroke='blue' stroke-width='2' "
                 "d='M4 4h16v16h-16z'/>"),
            "stroke #0000ff 50% 2 butt miter M4 4L20 4L20 20L4 20Z\n"
            "fill #ff0000 50% M5 5L19 5L19 19L5 19Z\n");
  EXPECT_EQ(kept("<g opacity='.5'><path stroke='#000' stroke-width='2' d='M4 12H20'/>"
                 "<path stroke='#000' stroke-width='4' d='M12 4V20'/></g>"),
            "fill #000000 50% M10 4L14 4L14 11L20 11L20 13L14 13L14 20L10 20L10 13L4 13L4 11L10 "
            "11Z\n");
  // Of one colour the opaque part shows; the stroke over it is cut, as the fill of its outline.
  EXPECT_EQ(kept("<g opacity='.5'><path d='M2 2h8v20h-8z'/>"
                 "<path stroke='#000' stroke-opacity='.5' stroke-width='2' d='M4 12H20'/></g>"),
            "fill #000000 50% M2 2L10 2L10 22L2 22Z\n"
            "fill #000000 25% M10 11L20 11L20 13L10 13Z\n");
  EXPECT_CONTAINS(kept("<g opacity='.5'><path fill='red' d='M2 2h20v20h-20z'/><path fill='blue' "
                       "fill-opacity='.5' d='M6 6h4v4h-4z'/></g>"),
                  "half-transparent group of several shapes");
}

TEST(Layers, WhatIsLargerThanWantedIsGivenUp) {
  const std::string body =
      "<path fill='red' d='M2 2h4v4h-4z'/><path fill='blue' d='M3 3h9v9h-9z'/>"
      "<path fill='red' d='M4 4h1v1h-1z'/>";
  const svg::Document document = svg::read_document(test::svg_text(body), "t");
  EXPECT_CONTAINS(canonical_icon(document, {}, {.cuts_layers = false}).skip_reason, "many shapes");
  const CanonicalResult large = canonical_icon(document, {}, {.enough_contours = 2});
  EXPECT_TRUE(large.is_too_large);
  EXPECT_TRUE(large.icon.contours.empty());
  EXPECT_EQ(canonical_icon(document, {}, {.enough_contours = 3}).icon.contours.size(), 3U);
}

// Against what compositing the parts pixel by pixel gives (Porter and Duff, "over").
TEST(Layers, RandomDrawingsLookAsCompositingThemDoes) {
  const std::uint64_t seed = 11;
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  base::Random random(seed);
  constexpr std::array kPaints{"#f00", "#00f", "#000", "#f008", "#0006"};
  int seen = 0;
  for (int i = 0; i < 150; ++i) {
    std::string body;
    Canvas expected;
    for (std::uint64_t groups = 0; groups < 1 + random.below(2); ++groups) {
      Canvas group;
      std::string content;
      for (std::uint64_t n = 0; n < 1 + random.below(4); ++n) {
        const char* paint = kPaints[random.below(kPaints.size())];
        const std::string how = random.below(3) > 0
                                    ? concat("fill='", paint, "'")
                                    : concat("fill='none' stroke-width='2' stroke='", paint, "'");
        const std::string part =
            concat("<path ", how, " d='", svg::write_path(random_contour(random), 2), "'/>");
        const CanonicalResult alone = canonical(part);
        if (!alone.skip_reason.empty()) continue;
        content += part;
        group.paint(alone.icon);
      }
      const double opacity = random.below(2) == 0 ? 1 : 0.5;
      body += concat("<g opacity='", opacity, "'>", content, "</g>");
      expected.paint(group, opacity);
    }
    const CanonicalResult result = canonical(body);
    if (!result.skip_reason.empty()) continue;
    Canvas shown;
    shown.paint(result.icon);
    // Only edges differ, where what was cut lets through what lies beneath.
    EXPECT_LT(shown.mean_difference(expected), 0.004) << body;
    ++seen;
  }
  EXPECT_GT(seen, 75);
}

}  // namespace
}  // namespace svgfusion::icon
