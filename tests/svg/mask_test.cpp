// SPDX-License-Identifier: MIT
// What <mask> means where it is used: its window, its units, what it inherits (CSS Masking 1 §9).
#include "support/support.h"
#include "svgfusion/base/error.h"
#include "svgfusion/svg/document.h"
#include "svgfusion/svg/path_data.h"

namespace svgfusion::svg {
namespace {

using test::svg_text;

Document read_masked(const std::string& body) { return read_document(svg_text(body), "t.svg"); }

void describe_masks(const Group& group, std::string& out) {
  for (const Node& node : group.children) {
    if (const Shape* shape = std::get_if<Shape>(&node)) {
      if (shape->fill) out += base::concat("fill ", to_hex(shape->fill->color), " ");
      if (shape->stroke) out += base::concat("stroke ", to_hex(shape->stroke->color), " ");
      out += write_path(transformed(shape->path, shape->transform), 2) + "\n";
      continue;
    }
    const Group& inner = std::get<Group>(node);
    out +=
        inner.opacity == 1 ? "" : base::concat("opacity ", base::to_fixed(inner.opacity, 2), " ");
    for (auto clip = inner.clip; clip != nullptr; clip = clip->also) {
      for (const ClipShape& part : clip->shapes)
        out += base::concat("within ", write_path(transformed(part.path, part.transform), 2), " ");
    }
    if (inner.mask) {
      out += inner.mask->by_alpha ? "alpha of {\n" : "luminance of {\n";
      describe_masks(inner.mask->content, out);
      out += "} ";
    }
    out += "{\n";
    describe_masks(inner, out);
    out += "}\n";
  }
}

struct Masked {
  const char* name;
  const char* body;
  const char* expected;
};
const Masked kMasked[] = {
    {"what it draws",
     "<mask id='m'><path fill='#fff' d='M1 1h4v4z'/></mask><path mask='url(#m)' d='M0 0h9v9z'/>",
     "luminance of {\nfill #ffffff M1 1L5 1L5 5Z\n} {\nfill #000000 M0 0L9 0L9 9Z\n}\n"},
    {"it inherits from where it stands",
     "<g fill='none' stroke='red'><mask id='m'><path d='M1 1h4v4z'/></mask></g><path fill='blue' "
     "mask='url(#m)' d='M0 0h9v9z'/>",
     "luminance of {\nstroke #ff0000 M1 1L5 1L5 5Z\n} {\nfill #0000ff M0 0L9 0L9 9Z\n}\n"},
    {"it goes with the element",
     "<mask id='m'><path d='M1 1h4v4z'/></mask><g transform='translate(10 1)' mask='url(#m)'><path "
     "d='M0 0h9v9z'/></g>",
     "luminance of {\nfill #000000 M11 2L15 2L15 6Z\n} {\nfill #000000 M10 1L19 1L19 10Z\n}\n"},
    {"content in units of the bounds",
     "<mask id='m' maskContentUnits='objectBoundingBox'><path d='M0 0h.5v1z'/></mask><rect x='4' "
     "y='5' width='8' height='6' mask='url(#m)'/>",
     "luminance of {\nfill #000000 M4 5L8 5L8 11Z\n} {\nfill #000000 M4 5L12 5L12 11L4 11Z\n}\n"},
    {"strokes end a tenth beyond the bounds",
     "<mask id='m'><path d='M0 0h9v9z'/></mask><path fill='none' stroke='red' mask='url(#m)' d='M2 "
     "3h10v10z'/>",
     "within M1 2L13 2L13 14L1 14Z luminance of {\nfill #000000 M0 0L9 0L9 9Z\n} {\nstroke #ff0000 "
     "M2 3L12 3L12 13Z\n}\n"},
    {"a window in user units",
     "<mask id='m' maskUnits='userSpaceOnUse' x='2' y='25%' width='4' height='10'><path d='M0 "
     "0h9v9z'/></mask><path mask='url(#m)' d='M0 0h9v9z'/>",
     "within M2 6L6 6L6 16L2 16Z luminance of {\nfill #000000 M0 0L9 0L9 9Z\n} {\nfill #000000 M0 "
     "0L9 0L9 9Z\n}\n"},
    {"a window of the bounds",
     "<mask id='m' x='50%' y='0' width='.25' height='1'><path d='M0 0h9v9z'/></mask><path "
     "mask='url(#m)' d='M0 0h8v8z'/>",
     "within M4 0L6 0L6 8L4 8Z luminance of {\nfill #000000 M0 0L9 0L9 9Z\n} {\nfill #000000 M0 "
     "0L8 "
     "0L8 8Z\n}\n"},
    {"a window and a clip path",
     "<clipPath id='c'><path d='M0 0h5v5z'/></clipPath><mask id='m' maskUnits='userSpaceOnUse' "
     "x='1' y='1' width='2' height='2'><path d='M0 0h9v9z'/></mask><path clip-path='url(#c)' "
     "mask='url(#m)' d='M0 0h8v8z'/>",
     "within M1 1L3 1L3 3L1 3Z within M0 0L5 0L5 5Z luminance of {\nfill #000000 M0 0L9 0L9 9Z\n} "
     "{\nfill #000000 M0 0L8 0L8 8Z\n}\n"},
    {"opacity as well",
     "<mask id='m'><path d='M0 0h9v9z'/></mask><g opacity='.5' mask='url(#m)'><path d='M0 "
     "0h8v8z'/><path d='M0 0h7v7z'/></g>",
     "opacity 0.5 luminance of {\nfill #000000 M0 0L9 0L9 9Z\n} {\nfill #000000 M0 0L8 0L8 "
     "8Z\nfill #000000 M0 0L7 0L7 7Z\n}\n"},
    {"by alpha, said by an attribute",
     "<mask id='m' mask-type='alpha'><path d='M0 0h9v9z'/></mask><path mask='url(#m)' d='M0 "
     "0h8v8z'/>",
     "alpha of {\nfill #000000 M0 0L9 0L9 9Z\n} {\nfill #000000 M0 0L8 0L8 8Z\n}\n"},
    {"by alpha, said by a style",
     "<mask id='m' style='mask-type:alpha'><path d='M0 0h9v9z'/></mask><path style='mask:url(#m)' "
     "d='M0 0h8v8z'/>",
     "alpha of {\nfill #000000 M0 0L9 0L9 9Z\n} {\nfill #000000 M0 0L8 0L8 8Z\n}\n"},
    {"linear light is inherited",
     "<g color-interpolation='linearRGB'><mask id='m'><path fill='#555' d='M0 0h9v9z'/></mask></g>"
     "<path mask='url(#m)' fill='red' d='M0 0h8v8z'/>",
     "luminance of {\nfill #171717 M0 0L9 0L9 9Z\n} {\nfill #ff0000 M0 0L8 0L8 8Z\n}\n"},
    {"what is used in it",
     "<path id='p' d='M1 1h4v4z'/><mask id='m'><use href='#p' x='2'/></mask><path "
     "mask='url(#m)' d='M0 0h9v9z'/>",
     "fill #000000 M1 1L5 1L5 5Z\nluminance of {\nfill #000000 M3 1L7 1L7 5Z\n} {\nfill #000000 M0 "
     "0L9 0L9 9Z\n}\n"},
    {"an empty one shows nothing", "<mask id='m'/><path mask='url(#m)' d='M0 0h9v9z'/>", ""},
    {"one without a window shows nothing",
     "<mask id='m' width='0'><path d='M0 0h9v9z'/></mask><path mask='url(#m)' d='M0 0h9v9z'/>", ""},
    {"a missing one is none", "<path mask='url(#m)' d='M0 0h9v9z'/>",
     "fill #000000 M0 0L9 0L9 9Z\n"},
};

TEST(Mask, Drawings) {
  for (const Masked& row : kMasked) {
    const Document document = read_masked(row.body);
    EXPECT_TRUE(document.problems.empty()) << row.name << ": " << to_text(document.problems[0]);
    std::string out;
    describe_masks(document.root, out);
    EXPECT_EQ(out, row.expected) << row.name;
    const std::string once = write_document(document, {6, 9});
    EXPECT_EQ(write_document(read_document(once, "again"), {6, 9}), once) << row.name;
  }
}

TEST(Mask, WhatIsNotSupportedIsReported) {
  struct Case {
    const char* body;
    const char* reason;
  };
  for (const Case& c :
       {Case{"<mask id='m'><path mask='url(#m)' d='M0 0h9v9z'/></mask><path mask='url(#m)' d='M0 "
             "0h9v9z'/>",
             "its mask leads back to itself"},
        Case{"<mask id='a'><path mask='url(#b)' d='M0 0h9v9z'/></mask><mask id='b'><path "
             "mask='url(#a)' d='M0 0h9v9z'/></mask><path mask='url(#a)' d='M0 0h9v9z'/>",
             "its mask leads back to itself"},
        Case{"<clipPath id='c'><path d='M0 0h4v4z'/></clipPath><mask id='m' "
             "clip-path='url(#c)'><path d='M0 0h9v9z'/></mask><path mask='url(#m)' d='M0 0h9v9z'/>",
             "a mask that is itself"},
        Case{"<mask id='m'><text>x</text></mask><path mask='url(#m)' d='M0 0h9v9z'/>",
             "<text> is not supported"},
        Case{"<mask id='m'><path d='M0 0h9v9z'/></mask><path mask='url(#m), url(#m)' d='M0 "
             "0h9v9z'/>",
             "is more than a reference"},
        Case{"<linearGradient id='g'><stop stop-color='red'/><stop stop-color='lime'/>"
             "</linearGradient><mask id='m'><path fill='url(#g)' d='M0 0h9v9z'/></mask><path "
             "mask='url(#m)' d='M0 0h9v9z'/>",
             "gradient is not supported"}}) {
    const Document document = read_masked(c.body);
    ASSERT_FALSE(document.problems.empty()) << c.body;
    EXPECT_EQ(document.problems[0].kind, Problem::Kind::kUnsupported);
    EXPECT_CONTAINS(to_text(document.problems[0]), c.reason);
  }
}

TEST(Mask, StrengthIsLuminanceTimesAlpha) {
  const Color red{255, 0, 0, 1};
  const Color faint_white{255, 255, 255, 0.25};
  const Color gray{0x55, 0x55, 0x55, 1};
  const Mask plain;
  EXPECT_NEAR(strength({255, 255, 255, 1}, plain), 1, 1e-12);
  EXPECT_NEAR(strength(red, plain), 0.2125, 1e-12);
  EXPECT_NEAR(strength(faint_white, plain), 0.25, 1e-12);
  EXPECT_NEAR(strength(gray, plain), 1.0 / 3, 1e-12);
  EXPECT_NEAR(strength(linear_gray(gray), plain), 0.0908, 1.0 / 255);  // 0x55 in linear light
  EXPECT_NEAR(strength(linear_gray(faint_white), plain), 0.25, 1e-12);
  Mask by_alpha;
  by_alpha.by_alpha = true;
  EXPECT_NEAR(strength(red, by_alpha), 1, 1e-12);
  EXPECT_NEAR(strength(faint_white, by_alpha), 0.25, 1e-12);
}

}  // namespace
}  // namespace svgfusion::svg
