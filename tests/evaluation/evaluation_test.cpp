// SPDX-License-Identifier: MIT
#include "support/support.h"
#include "svgfusion/evaluation/metrics.h"
#include "svgfusion/icon/canonical.h"

namespace svgfusion::evaluation {
namespace {

icon::Icon icon_of(const std::string& body) {
  return icon::canonical_icon(svg::read_document(test::svg_text(body), "t")).icon;
}

TEST(Metrics, ChamferOfAShiftedLine) {
  const char* line = "<path d='M2 6H22' stroke='red' fill='none'/>";
  const char* lower = "<path d='M2 8.4H22' stroke='red' fill='none'/>";
  EXPECT_NEAR(chamfer_percent(icon_of(line), icon_of(lower)), 10, 1e-9);  // 2.4 of 24
  EXPECT_NEAR(chamfer_percent(icon_of(line), icon_of(line)), 0, 1e-12);
  EXPECT_EQ(chamfer_percent(icon_of(line), {}), 100);
  EXPECT_EQ(chamfer_percent({}, {}), 0);
}

TEST(Metrics, ChamferIsSymmetricAndIgnoresSpacing) {
  const icon::Icon one = icon_of("<path d='M2 6H22' stroke='red' fill='none'/>");
  const icon::Icon parts = icon_of("<path d='M2 6H3V6H9H22' stroke='red' fill='none'/>");
  const icon::Icon other = icon_of("<circle cx='12' cy='12' r='5'/>");
  EXPECT_NEAR(chamfer_percent(one, parts), 0, 1e-9);
  EXPECT_NEAR(chamfer_percent(one, other), chamfer_percent(other, one), 1e-12);
}

TEST(Metrics, Validity) {
  EXPECT_EQ(validity_problem(icon_of("<circle cx='12' cy='12' r='5'/>")), "");
  EXPECT_EQ(validity_problem({}), "no contour");
  EXPECT_EQ(validity_problem(icon_of("<rect width='24' height='24'/>")), "nearly solid");
  EXPECT_EQ(validity_problem(icon_of("<rect x='3' y='3' width='.5' height='.5'/>")),
            "nearly blank");
  icon::Icon outside = icon_of("<circle cx='12' cy='12' r='5'/>");
  outside.contours[0].geometry.start.x = 40;
  EXPECT_EQ(validity_problem(outside), "reaches out of the box");
  outside.contours[0].geometry.start.x = NAN;
  EXPECT_EQ(validity_problem(outside), "coordinates that are not finite");
}

TEST(Metrics, NearestPicture) {
  std::vector<render::GrayImage> among;
  for (const char* body : {"<rect width='12' height='12'/>", "<circle cx='12' cy='12' r='9'/>",
                           "<circle cx='12' cy='12' r='9'/>"})
    among.push_back(render::rasterize(icon_of(body), kRasterSize));
  const Nearest nearest = nearest_picture(
      render::rasterize(icon_of("<circle cx='12' cy='12' r='8'/>"), kRasterSize), among);
  EXPECT_EQ(nearest.index, 1);
  EXPECT_NEAR(nearest.iou, 64.0 / 81, 0.01);
}

}  // namespace
}  // namespace svgfusion::evaluation
