// SPDX-License-Identifier: MIT
// The bounding boxes that clip paths and masks may be measured by (SVG 2 §8.10).
#include "support/support.h"
#include "svgfusion/svg/document.h"

namespace svgfusion::svg {
namespace {

Document read(const std::string& body) { return read_document(test::svg_text(body), "t"); }

std::string box_text(const Box& box) {
  return base::concat(base::to_fixed(box.min_x, 2), " ", base::to_fixed(box.min_y, 2), " ",
                      base::to_fixed(box.max_x, 2), " ", base::to_fixed(box.max_y, 2));
}

// Of a clip path that shows all of a bounding box but no more: that box, in the document's units.
std::string clipped_to(const std::string& body) {
  const Document document = read(
      "<clipPath id='c' clipPathUnits='objectBoundingBox'><path d='M0 0h1v1h-1z'/></clipPath>" +
      body);
  if (document.root.children.empty()) return "nothing";
  const Group& group = std::get<Group>(document.root.children.at(0));
  const ClipShape& part = group.clip->shapes.at(0);
  return box_text(bounds(transformed(part.path, part.transform)));
}

const std::string kSquare = "<path d='M4 4h4v4h-4z'/>";

TEST(BoundingBox, CountsShapesWithoutPaint) {
  EXPECT_EQ(clipped_to("<g clip-path='url(#c)'>" + kSquare + "</g>"), "4 4 8 8");
  for (const char* unseen : {"fill='none'", "visibility='hidden'", "fill='transparent'",
                             "style='fill:none;stroke:none'"}) {
    const std::string shape = base::concat("<path ", unseen, " d='M0 1h20v20h-20z'/>");
    for (const std::string& content :
         {shape + kSquare, kSquare + shape, kSquare + "<g opacity='.5'>" + shape + "</g>",
          kSquare + "<mask id='n'>" + kSquare + "</mask><g mask='url(#n)'>" + shape + "</g>"}) {
      EXPECT_EQ(clipped_to("<g clip-path='url(#c)'>" + content + "</g>"), "0 1 20 21") << content;
    }
  }
  EXPECT_EQ(clipped_to("<g clip-path='url(#c)'>" + kSquare +
                       "<path display='none' d='M0 1h20v20h-20z'/></g>"),
            "4 4 8 8");
}

TEST(BoundingBox, WhatHasNoPaintIsNotDrawn) {
  const Document document = read(
      "<clipPath id='c'><path d='M0 0h9v9z'/></clipPath><g clip-path='url(#c)'>"
      "<g clip-path='url(#c)'><path fill='none' d='M0 1h20v20h-20z'/></g>" +
      kSquare + "</g>");
  const Group& group = std::get<Group>(document.root.children.at(0));
  ASSERT_EQ(group.children.size(), 1U);
  EXPECT_TRUE(std::get<Shape>(group.children[0]).fill);
  EXPECT_EQ(clipped_to("<g clip-path='url(#c)'><path fill='none' d='M0 1h20v20h-20z'/></g>"),
            "nothing");
}

// Under a transform without an inverse nothing is displayed (CSS Transforms 1 §6), and nothing has
// a box that could be measured.
TEST(BoundingBox, IsNotAskedForWhereATransformLeavesNoArea) {
  const std::string line = "<path id='s' stroke='red' d='M3 9h7' clip-path='url(#c)'/>";
  EXPECT_EQ(clipped_to("<g transform='scale(.5 0)'>" + line + "</g>"), "nothing");
  EXPECT_EQ(clipped_to("<defs>" + line + "</defs><use href='#s' transform='scale(0 1)'/>"),
            "nothing");
  EXPECT_EQ(write_document(read("<g transform='scale(0)'>" + kSquare + "</g>")),
            write_document(read("")));
}

}  // namespace
}  // namespace svgfusion::svg
