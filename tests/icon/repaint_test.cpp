// SPDX-License-Identifier: MIT
// The same picture painted in another order, or with fewer colours.
#include "svgfusion/icon/repaint.h"

#include "icon/canvas.h"
#include "icon/make_icons.h"
#include "svgfusion/icon/overlaps.h"

namespace svgfusion::icon {
namespace {

using base::concat;

// Painted in the order of a table.
Repainted by_table(const Icon& icon, const std::vector<Style>& table) {
  return repaint(icon, icon.styles, [&](const Style& style) {
    return static_cast<std::size_t>(std::find(table.begin(), table.end(), style) - table.begin());
  });
}

Icon in_order_of(Icon icon, const std::vector<Style>& table) {
  for (Contour& contour : icon.contours) {
    const auto found = std::find(table.begin(), table.end(), icon.styles[contour.style]);
    contour.style = static_cast<std::size_t>(found - table.begin());
  }
  icon.styles = table;
  return icon;
}

TEST(Repaint, CutsWhatWouldBePaintedTooLate) {
  const Icon icon = canonical(
                        "<path fill='#fff' d='M2 2h20v20h-20z'/>"
                        "<path fill='blue' d='M8 8h4v4h-4z'/>")
                        .icon;
  const Repainted kept = by_table(icon, icon.styles);
  EXPECT_EQ(described(kept.icon), described(icon));
  const Repainted turned = by_table(icon, {icon.styles[1], icon.styles[0]});
  EXPECT_EQ(turned.reason, "");
  EXPECT_EQ(described(turned.icon),
            "fill #ffffff M2 2L22 2L22 22L2 22Z\n"
            "fill #ffffff M8 8L12 8L12 12L8 12Z\n"
            "fill #0000ff M8 8L12 8L12 12L8 12Z\n");
  EXPECT_TRUE(overlaps(turned.icon).empty());
}

// Each by itself has no more under the fill than a shared border may have.
TEST(Repaint, StrokesThatLieUnderAFillOnlyTogetherAreCutToo) {
  const Icon icon = canonical(
                        "<path stroke='blue' d='M3 5h3.006M3 9h3.006M3 13h3.006M3 17h3.006'/>"
                        "<path fill='#fff' d='M6 2h14v20h-14z'/>")
                        .icon;
  ASSERT_EQ(overlaps(icon), (std::vector<Overlap>{{0, 1}}));
  const Repainted turned = by_table(icon, {icon.styles[1], icon.styles[0]});
  EXPECT_EQ(turned.reason, "");
  EXPECT_TRUE(overlaps(turned.icon).empty());
}

// Under the even-odd rule the inner one would be a hole in the outer.
TEST(Repaint, ColoursThatBecomeOneAreUnited) {
  const Icon icon = canonical(
                        "<path fill='#f00' d='M2 2h20v20h-20z'/>"
                        "<path fill='#e00' d='M8 8h4v4h-4z'/>")
                        .icon;
  const std::vector<Style> styles(2, icon.styles[0]);
  EXPECT_EQ(described(repaint(icon, styles, [](const Style&) { return 0; }).icon),
            "fill #ff0000 M2 2L22 2L22 22L2 22Z\n");
  Icon united = icon;
  united.styles = styles;
  EXPECT_EQ(overlaps(united), (std::vector<Overlap>{{0, 1}}));
}

TEST(Repaint, AHalfTransparentColourCannotGoBelow) {
  const Icon icon = canonical(
                        "<path fill='red' d='M2 2h20v20h-20z'/>"
                        "<path fill='blue' fill-opacity='.5' d='M8 8h4v4h-4z'/>")
                        .icon;
  EXPECT_CONTAINS(by_table(icon, {icon.styles[1], icon.styles[0]}).reason, "another order");
}

TEST(Repaint, RandomIconsLookTheSameInAnyOrder) {
  const std::uint64_t seed = 3;
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  base::Random random(seed);
  const char* paints[] = {"fill='#f00'", "fill='#00f'", "fill='#0a0'",
                          "fill='none' stroke='#00f' stroke-width='2'"};
  int seen = 0;
  for (int i = 0; i < 100; ++i) {
    std::string body;
    for (std::uint64_t n = 0; n < 2 + random.below(3); ++n) {
      body += concat("<path ", paints[random.below(std::size(paints))], " d='",
                     svg::write_path(random_contour(random), 2), "'/>");
    }
    const CanonicalResult drawn = canonical(body);
    if (!drawn.skip_reason.empty()) continue;
    std::vector<Style> table = drawn.icon.styles;
    Style outline;  // of a stroke that is cut
    outline.color = 0x0000FFFF;
    if (std::find(table.begin(), table.end(), outline) == table.end()) table.push_back(outline);
    for (std::size_t k = table.size(); k > 1; --k) std::swap(table[k - 1], table[random.below(k)]);
    const Repainted turned = by_table(drawn.icon, table);
    ASSERT_EQ(turned.reason, "") << body;
    Canvas expected;
    expected.paint(drawn.icon);
    Canvas shown;
    shown.paint(in_order_of(turned.icon, table));
    EXPECT_LT(shown.mean_difference(expected), 0.006) << body;
    ++seen;
  }
  EXPECT_GT(seen, 60);
}

}  // namespace
}  // namespace svgfusion::icon
