// SPDX-License-Identifier: MIT
#include "svgfusion/render/raster.h"

#include "support/support.h"
#include "svgfusion/base/error.h"
#include "svgfusion/icon/canonical.h"
#include "svgfusion/render/sheet.h"

namespace svgfusion::render {
namespace {

icon::Icon icon_of(const std::string& body) {
  return icon::canonical_icon(svg::read_document(test::svg_text(body), "t")).icon;
}

TEST(Raster, InkIsTheAreaOfTheShape) {
  EXPECT_NEAR(ink(rasterize(icon_of("<rect width='12' height='12'/>"), 64)), 0.25, 1e-3);
  EXPECT_NEAR(ink(rasterize(icon_of("<circle cx='12' cy='12' r='6'/>"), 64)), 3.14159265 * 36 / 576,
              2e-3);
  EXPECT_NEAR(ink(rasterize(icon_of("<path d='M2 12H22' stroke='red' stroke-width='2'/>"), 96)),
              40.0 / 576, 1e-3);
}

TEST(Raster, HolesAreEvenOdd) {
  EXPECT_NEAR(
      ink(rasterize(icon_of("<path fill-rule='evenodd' d='M0 0H24V24H0Z M6 6H18V18H6Z'/>"), 64)),
      0.75, 1e-3);
}

TEST(Raster, Overlap) {
  const GrayImage a = rasterize(icon_of("<rect width='12' height='24'/>"), 48);
  const GrayImage b = rasterize(icon_of("<rect x='6' width='12' height='24'/>"), 48);
  EXPECT_NEAR(intersection_over_union(a, b), 1.0 / 3, 1e-3);
  EXPECT_EQ(intersection_over_union(a, a), 1);
  EXPECT_NEAR(mean_absolute_error(a, b), 127.5, 0.5);
  EXPECT_EQ(intersection_over_union(rasterize({}, 8), rasterize({}, 8)), 1);
}

TEST(Sheet, IsAPngAndCannotBeLost) {
  const test::TemporaryFolder folder;
  write_sheet(folder / "s.png", {{"row", {icon_of("<rect width='12' height='12'/>")}}, {"", {}}});
  const std::string png = test::read(folder / "s.png");
  EXPECT_EQ(png.substr(1, 3), "PNG");
  EXPECT_GT(png.size(), 200U);
  EXPECT_CONTAINS(test::message_of<base::FileError>([&] { write_sheet(folder / "no/s.png", {}); }),
                  "cannot be created");
}

TEST(Sheet, GalleryEscapes) {
  const test::TemporaryFolder folder;
  write_gallery(folder / "index.html", "a <b>", {{"x&y", "x/0.svg"}, {"x&y", "x/1.svg"}});
  const std::string page = test::read(folder / "index.html");
  EXPECT_CONTAINS(page, "a &lt;b>");
  EXPECT_CONTAINS(page, "<h2>x&amp;y</h2>");
  EXPECT_EQ(page.find("<h2>", page.find("<h2>") + 1), std::string::npos);
}

}  // namespace
}  // namespace svgfusion::render
