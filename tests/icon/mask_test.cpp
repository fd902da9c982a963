// SPDX-License-Identifier: MIT
// Masks as the contours of what they let through.
#include <cmath>

#include "icon/make_icons.h"
#include "svgfusion/render/raster.h"

namespace svgfusion::icon {
namespace {

using base::concat;

std::string masked(const std::string& content, const std::string& drawn,
                   const std::string& attributes = "") {
  return concat("<mask id='m' maskUnits='userSpaceOnUse' x='-9' y='-9' width='99' height='99' ",
                attributes, ">", content, "</mask><g mask='url(#m)'>", drawn, "</g>");
}
const std::string kAll = "<path d='M0 0h24v24h-24z'/>";

TEST(Mask, ShowsWhatTheSameDrawingWithoutItWould) {
  struct Row {
    std::string body;
    std::string plain;
    const char* styles;
  };
  const std::string white = "<path fill='#fff' d='M2 2h20v20h-20z'/>";
  const std::string hole = "<circle cx='12' cy='12' r='4'/>";
  const std::string square = "<path d='M2 2h20v20h-20z M12 8a4 4 0 0 0 0 8a4 4 0 0 0 0 -8'/>";
  const char* black = "fill #000000;";
  const Row rows[] = {
      {masked(white + hole, kAll), square, black},
      {masked(white + hole + "<path fill='#fff' d='M10 11h4v2h-4z'/>", kAll),
       square + "<path d='M10 11h4v2h-4z'/>", black},
      {masked(white + hole, "<path d='M1 1h11v11h-11z'/>"),
       "<path d='M2 2h10v6a4 4 0 0 0 -4 4h-6z'/>", black},
      {masked(hole + "<path fill='red' d='M2 2h5v5h-5z'/>", kAll, "mask-type='alpha'"),
       hole + "<path d='M2 2h5v5h-5z'/>", black},
      {masked("<path d='M4 4h16v16h-16z' fill='#fff' stroke='#000' stroke-width='4'/>", kAll),
       "<path d='M6 6h12v12h-12z'/>", black},
      {masked("<path d='M4 4h16v16h-16z' fill='#555' stroke='#fff' stroke-width='4'/>", kAll),
       "<path d='M2 2h20v20h-20z M6 6v12h12v-12z'/><path opacity='.33333' d='M6 6h12v12h-12z'/>",
       "fill #000000 33%;fill #000000;"},
      {masked(white + hole, "<path d='M12 0v24' fill='none' stroke='red' stroke-width='2'/>"),
       "<path fill='red' d='M11 2h2v6.13a4 4 0 0 0-2 0zM11 22h2v-6.13a4 4 0 0 1-2 0z'/>",
       "fill #ff0000;"},
      {masked(white + hole, "<path d='M5 5v14' fill='none' stroke='red' stroke-linejoin='round'/>"),
       "<path d='M5 5v14' fill='none' stroke='red' stroke-linejoin='round'/>",
       "stroke #ff0000 1 butt round;"},
      {masked(white, "<path fill='red' d='M0 0h9v24h-9z'/><path fill='blue' d='M9 0h15v24h-15z'/>"),
       "<path fill='red' d='M2 2h7v20h-7z'/><path fill='blue' d='M9 2h13v20h-13z'/>",
       "fill #ff0000;fill #0000ff;"},
      {concat("<mask id='n'><path fill='#fff' d='M0 0h24v12h-24z'/></mask><g mask='url(#n)'>",
              masked(white + hole, kAll), "</g>"),
       "<path d='M2 2h20v10h-6a4 4 0 0 0 -8 0h-6z'/>", black},
      {masked("<g fill='#fff' fill-opacity='.5'><path d='M2 2h5v5h-5z'/><path d='M9 "
              "9h5v5h-5z'/></g>",
              kAll),
       "<g fill-opacity='.5'><path d='M2 2h5v5h-5z'/><path d='M9 9h5v5h-5z'/></g>",
       "fill #000000 50%;"},
      {"<mask id='m' maskUnits='userSpaceOnUse' x='0' y='0' width='12' height='24'>" + white +
           "</mask><g mask='url(#m)'>" + kAll + "</g>",
       "<path d='M2 2h10v20h-10z'/>", black},
  };
  for (const Row& row : rows) {
    const CanonicalResult result = canonical(row.body);
    ASSERT_EQ(result.skip_reason, "") << row.body;
    std::string styles;
    for (const Style& style : result.icon.styles) styles += to_text(style) + ";";
    EXPECT_EQ(styles, row.styles) << row.body;
    EXPECT_GT(render::intersection_over_union(render::rasterize(result.icon, 256),
                                              render::rasterize(canonical(row.plain).icon, 256)),
              0.999)
        << row.body;
  }
}

// Against what compositing the mask pixel by pixel gives.
TEST(Mask, RandomOnesShowWhatCompositingThemDoes) {
  const std::uint64_t seed = 5;
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  base::Random random(seed);
  constexpr int kSize = 128;
  constexpr struct {
    const char* name;
    double strength;
  } kPaints[] = {{"#fff", 1}, {"#000", 0}, {"#555", 1.0 / 3}};
  const auto random_path = [&] { return svg::write_path(random_contour(random), 2); };
  int seen = 0;
  for (int i = 0; i < 60; ++i) {
    std::string content;
    std::vector<double> expected(kSize * kSize, 0);
    for (std::uint64_t n = 0; n < 1 + random.below(4); ++n) {
      const auto& paint = kPaints[random.below(3)];
      const std::string how =
          random.below(2) == 0 ? concat("fill-rule='evenodd' fill='", paint.name, "'")
                               : concat("fill='none' stroke-width='2' stroke='", paint.name, "'");
      const std::string part = concat("<path ", how, " d='", random_path(), "'/>");
      content += part;
      const CanonicalResult alone = canonical(part, {.drop_colors = true});
      if (!alone.skip_reason.empty()) continue;
      const render::GrayImage image = render::rasterize(alone.icon, kSize);
      for (std::size_t p = 0; p < expected.size(); ++p) {
        const double covered = image.pixels[p] / 255.0;
        expected[p] += covered * (paint.strength - expected[p]);
      }
    }
    const std::string shape = concat("<path d='", random_path(), "'/>");
    const CanonicalResult plain = canonical(shape);
    const CanonicalResult result = canonical(masked(content, shape));
    if (!plain.skip_reason.empty() || result.skip_reason == "nothing is drawn") continue;
    ASSERT_EQ(result.skip_reason, "") << content << shape;
    const render::GrayImage all = render::rasterize(plain.icon, kSize);
    const render::GrayImage shown = render::rasterize(result.icon, kSize);
    double error = 0;
    for (std::size_t p = 0; p < expected.size(); ++p)
      error += std::abs(expected[p] * all.pixels[p] - shown.pixels[p]);
    // Only edges differ, of which each pixel mixes what lies beneath.
    EXPECT_LT(error / (255.0 * kSize * kSize), 0.004) << content << shape;
    ++seen;
  }
  EXPECT_GT(seen, 30);
}

TEST(Mask, WhatCannotBeResolvedHasAReason) {
  struct Row {
    std::string body;
    const char* reason;
  };
  const std::string half = "<path fill='#fff' fill-opacity='.5' d='M2 2h9v9h-9z'/>";
  for (const Row& row :
       {Row{masked(half + half, kAll), "half-transparent parts of a mask lie over each other"},
        Row{masked("<path fill='#555' d='M2 2h9v9h-9z'/>",
                   "<path d='M2 2h5v5h-5z'/><path fill='red' d='M4 4h5v5h-5z'/>"),
            "half-transparent group of several shapes"},
        Row{masked("<path fill='#555' d='M2 2h9v9h-9z'/>", "<path d='M2 2h5v5h-5z' stroke='red'/>"),
            "half-transparent group of several shapes"},
        Row{masked("<g opacity='.5'>" + half + half + "</g>", kAll), "half-transparent group"},
        Row{"<mask id='n'>" + half + "</mask>" + masked("<g mask='url(#n)'>" + half + "</g>", kAll),
            "a mask inside a mask"},
        Row{"<clipPath id='c'><circle cx='6' cy='6' r='3'/></clipPath>" +
                masked("<path fill='#fff' d='M2 2h9v9h-9z'/><path clip-path='url(#c)' d='M2 "
                       "2h9v9h-9z'/>",
                       kAll),
            "a clip path inside a mask"},
        Row{masked("<path d='M2 2h9v9h-9z'/>", kAll), "nothing is drawn"}}) {
    EXPECT_CONTAINS(canonical(row.body).skip_reason, row.reason) << row.body;
  }
}

}  // namespace
}  // namespace svgfusion::icon
