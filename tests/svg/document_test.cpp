// SPDX-License-Identifier: MIT
#include "svgfusion/svg/document.h"

#include "support/support.h"
#include "svgfusion/base/error.h"
#include "svgfusion/svg/path_data.h"

namespace svgfusion::svg {
namespace {

using test::svg_text;

Document read(const std::string& body) { return read_document(svg_text(body), "t.svg"); }

TEST(Document, RoundedRectHasItsCorners) {
  const Document document = read("<rect x='0' y='0' width='10' height='8' rx='2'/>");
  const Shape& shape = std::get<Shape>(document.root.children.at(0));
  EXPECT_EQ(write_path(shape.path, 0).substr(0, 8), "M2 0L8 0");
  const Box box = bounds(shape.path);
  EXPECT_DOUBLE_EQ(box.width(), 10);
  EXPECT_DOUBLE_EQ(box.height(), 8);
}

TEST(Document, UnsupportedThingsAreReported) {
  struct Case {
    const char* body;
    const char* reason;
  };
  for (const Case& c :
       {Case{"<text>hi</text>", "<text> is not supported"},
        Case{"<image href='x.png'/>", "<image> is not supported"},
        Case{"<filter id='f'/><path filter='url(#f)' d='M0 0L1 0'/>", "filters are not supported"},
        Case{"<pattern id='p'/><path fill='url(#p)' d='M0 0L1 0'/>", "pattern is not supported"},
        Case{"<linearGradient id='g'><stop stop-color='red'/><stop "
             "stop-color='lime'/></linearGradient><path fill='url(#g)' d='M0 0L1 1'/>",
             "gradient is not supported"},
        Case{"<use href='other.svg#x'/>", "only elements of this file"},
        Case{"<path style='--c:red' d='M0 0L1 0'/>", "style '--c' is not applied"},
        Case{"<marker id='m'/><g marker-end='url(#m)'><path d='M0 0L1 0'/></g>",
             "markers are not drawn"},
        Case{"<path style='filter:drop-shadow(1px 1px red)' d='M0 0L1 0'/>",
             "'drop-shadow(1px 1px red)' is not supported"},
        Case{"<path clip-path='circle(5px)' d='M0 0L1 0'/>", "'circle(5px)' is not supported"},
        Case{"<clipPath id='c'><path clip-path='inset(1px)' d='M0 0L9 0L9 9Z'/></clipPath><path "
             "clip-path='url(#c)' d='M0 0L9 0L9 9Z'/>",
             "'inset(1px)' is not supported"},
        Case{"<clipPath id='c'><rect width='calc(9px)' height='9'/></clipPath><path "
             "clip-path='url(#c)' d='M0 0L9 0L9 9Z'/>",
             "style 'width: calc(9px)' is not applied"},
        Case{"<path id='u' d='M0 0L1 0'/><use href='#u' style='x:5px'/>",
             "from CSS is not applied"},
        Case{"<style>svg svg{width:50%}</style><svg><path d='M0 0L1 0'/></svg>",
             "from CSS is not applied"},
        Case{"<path style='mask:linear-gradient(red,blue)' d='M0 0L1 0'/>",
             "'linear-gradient(red,blue)'"},
        Case{"<path style='mask-image:url(#m)' d='M0 0L1 0'/>",
             "style 'mask-image' is not applied"},
        Case{"<path style='fill:oklch(1 0 0)' d='M0 0L1 0'/>",
             "style 'fill: oklch(1 0 0)' is not applied"},
        Case{"<path fill='CanvasText' d='M0 0L1 0'/>", "'CanvasText'"},
        Case{"<rect width='calc(1px + 5%)' height='9'/>",
             "style 'width: calc(1px + 5%)' is not applied"},
        Case{"<rect width='9' height='5vMin'/>", "style 'height: 5vMin' is not applied"},
        Case{"<path style='stroke-width:MAX(1px,2px)' d='M0 0L1 0'/>",
             "style 'stroke-width: MAX(1px,2px)' is not applied"},
        Case{"<path style='fill:lab(50% 0 0)' fill='oklch(1 0 0)' d='M0 0L1 0'/>",
             "'oklch(1 0 0)'"},
        Case{"<path style='transform:rotate3d(1,1,1,4deg)' d='M0 0L1 0'/>",
             "'rotate3d(1,1,1,4deg)'"},
        Case{"<path transform='scale(2)' style='transform-box:fill-box' d='M0 0L1 0'/>",
             "transform-box 'fill-box'"},
        Case{"<style>path:is(a){fill:red}</style>", "style rule 'path:is(a)'"},
        Case{"<style>@import url(a.css);</style>", "style rule '@import url(a.css)'"},
        Case{"<style>@keyframes a{to{opacity:0}}</style>", "style rule '@keyframes a'"},
        Case{"<rect id='u' width='1' height='1' clip-path='url(#d)'/><clipPath id='d'><rect "
             "width='1' "
             "height='1'/></clipPath><clipPath id='c'><use href='#u'/><use href='#u' "
             "x='2'/></clipPath>"
             "<path clip-path='url(#c)' d='M0 0L1 0'/>",
             "one of several parts"},
        Case{"<path d='M0 0L1 0'><animate attributeName='x' to='3' "
             "repeatCount='indefinite'/></path>",
             "does not come to rest"},
        Case{"<path d='M0 0L1 0'><animate attributeName='x' to='3' fill='freeze'/></path>",
             "does not come to rest"},
        Case{"<g><animateTransform attributeName='transform' to='3' fill='freeze'/></g>",
             "does not come to rest"}}) {
    const Document document = read(c.body);
    ASSERT_FALSE(document.problems.empty()) << c.body;
    EXPECT_CONTAINS(to_text(document.problems[0]), c.reason);
    EXPECT_EQ(document.problems[0].kind, Problem::Kind::kUnsupported);
  }
}

TEST(Document, DashesAreInUnitsOfThePathLength) {
  const Document document = read(
      "<path pathLength='10' stroke='red' stroke-dasharray='1 2' stroke-dashoffset='3' d='M0 0H5C5 "
      "1 "
      "5 4 5 5'/>");
  const Stroke& stroke = std::get<Shape>(document.root.children.at(0)).stroke.value();
  EXPECT_NEAR(stroke.dashes.at(0), 1, 1e-9);
  EXPECT_NEAR(stroke.dashes.at(1), 2, 1e-9);
  EXPECT_NEAR(stroke.dash_offset, 3, 1e-9);
}

TEST(Document, DashesInPercentAreOfTheViewportAroundTheShape) {
  const auto dashes = [](const std::string& list) {
    const Document document = read("<g stroke='red' stroke-dasharray='" + list +
                                   "'><svg width='12' height='12' overflow='visible'><path d='M0 "
                                   "0h9'/></svg></g>");
    return std::get<Shape>(document.root.children.at(0)).stroke.value().dashes;
  };
  const std::vector<double> found = dashes("50% 2");
  ASSERT_EQ(found.size(), 2U);
  EXPECT_NEAR(found[0], 6, 1e-9);
  EXPECT_NEAR(found[1], 2, 1e-9);
  EXPECT_EQ(dashes("50%").size(), 2U);
  EXPECT_TRUE(dashes("0 0%").empty());
  EXPECT_TRUE(dashes("50% -1").empty());
}

TEST(Document, StrokesThatDoNotScaleAreInPxOfThePicture) {
  const std::string text = svg_text(
      "<path vector-effect='non-scaling-stroke' stroke='red' stroke-width='3' d='M0 0L1 0'/>",
      "width='48' viewBox='0 0 24 24'");
  const Document document = read_document(text, "t");
  EXPECT_DOUBLE_EQ(std::get<Shape>(document.root.children.at(0)).stroke.value().width, 1.5);
}

TEST(Document, SizesAndViewBoxes) {
  const auto sizes = [](const std::string& attributes) {
    const Document d = read_document(svg_text("", attributes), "t");
    return base::concat(base::to_fixed(d.width, 2), " ", base::to_fixed(d.height, 2), " ",
                        base::to_fixed(d.view_box.width, 2), " ",
                        base::to_fixed(d.view_box.height, 2));
  };
  EXPECT_EQ(sizes("viewBox='0 0 24 12'"), "24 12 24 12");
  EXPECT_EQ(sizes("width='48' viewBox='0 0 24 12'"), "48 24 24 12");
  EXPECT_EQ(sizes("width='10' height='20'"), "10 20 10 20");
  EXPECT_EQ(sizes(""), "100 100 100 100");
  EXPECT_CONTAINS(test::message_of<base::SvgError>([&] { sizes("width='0' height='5'"); }),
                  "has no size");
}

}  // namespace
}  // namespace svgfusion::svg
