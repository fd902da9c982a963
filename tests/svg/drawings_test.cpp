// SPDX-License-Identifier: MIT
// What small documents draw, as a table.
#include "support/support.h"
#include "svgfusion/base/text.h"
#include "svgfusion/svg/document.h"
#include "svgfusion/svg/path_data.h"

namespace svgfusion::svg {
namespace {

Document document_of(const std::string& body) {
  return read_document(test::svg_text(body), "t.svg");
}

// The paths as drawn, in view box units, one a line with its paint: a golden form for tables.
void describe(const Group& group, std::string& out) {
  for (const Node& node : group.children) {
    if (const Shape* shape = std::get_if<Shape>(&node)) {
      if (shape->fill)
        out += base::concat("fill ", to_hex(shape->fill->color),
                            shape->fill->color.alpha == 1
                                ? ""
                                : base::concat("@", base::to_fixed(shape->fill->color.alpha, 3)),
                            " ");
      if (shape->stroke)
        out += base::concat("stroke ", to_hex(shape->stroke->color), " ",
                            base::to_fixed(shape->stroke->width * shape->transform.mean_scale(), 3),
                            " ");
      out += write_path(transformed(shape->path, shape->transform), 2) + "\n";
    } else {
      const Group& inner = std::get<Group>(node);
      out += base::concat("group ", base::to_fixed(inner.opacity, 3), inner.clip ? " clipped" : "",
                          " {\n");
      describe(inner, out);
      out += "}\n";
    }
  }
}
std::string described(const std::string& body) {
  std::string out;
  describe(document_of(body).root, out);
  return out;
}

struct Drawing {
  const char* name;
  const char* body;
  const char* expected;
};

const Drawing kDrawings[] = {
    {"path", "<path d='M0 0L1 0L1 1Z'/>", "fill #000000 M0 0L1 0L1 1Z\n"},
    {"rect", "<rect x='1' y='2' width='3' height='4'/>", "fill #000000 M1 2L4 2L4 6L1 6Z\n"},
    {"rect of no size", "<rect width='0' height='4'/>", ""},
    {"rect in percent", "<rect width='50%' height='25%'/>", "fill #000000 M0 0L12 0L12 6L0 6Z\n"},
    {"line", "<line x1='1' x2='2' y2='3' stroke='red'/>",
     "fill #000000 stroke #ff0000 1 M1 0L2 3\n"},
    {"polyline", "<polyline points='0,0 1,1 2,0 9' fill='none' stroke='red' stroke-width='2'/>",
     "stroke #ff0000 2 M0 0L1 1L2 0\n"},
    {"polygon", "<polygon points='0,0 1,1 2,0'/>", "fill #000000 M0 0L1 1L2 0Z\n"},
    {"group inherits", "<g fill='red'><path d='M0 0L1 0L1 1'/></g>", "fill #ff0000 M0 0L1 0L1 1\n"},
    {"transform on group and shape",
     "<g transform='translate(1 2)'><path transform='scale(2)' d='M0 0L1 0'/></g>",
     "fill #000000 M1 2L3 2\n"},
    {"bad transform is ignored", "<path transform='foo(1)' d='M0 0L1 0'/>",
     "fill #000000 M0 0L1 0\n"},
    {"style beats attribute", "<path fill='red' style='fill:lime' d='M0 0L1 0'/>",
     "fill #00ff00 M0 0L1 0\n"},
    {"sheet beats attribute", "<style>path{fill:lime}</style><path fill='red' d='M0 0L1 0'/>",
     "fill #00ff00 M0 0L1 0\n"},
    {"style beats sheet",
     "<style>.a{fill:lime}</style><path class='b a' style='fill:blue' d='M0 0L1 0'/>",
     "fill #0000ff M0 0L1 0\n"},
    {"important beats style",
     "<style>.a{fill:lime !important}</style><path class='a' style='fill:blue' d='M0 0L1 0'/>",
     "fill #00ff00 M0 0L1 0\n"},
    {"id beats class",
     "<style>#i{fill:lime}.a{fill:blue}</style><path id='i' class='a' d='M0 0L1 0'/>",
     "fill #00ff00 M0 0L1 0\n"},
    {"child and descendant",
     "<style>g>path{fill:lime} svg path{fill:blue}</style><g><path d='M0 0L1 0'/></g>",
     "fill #0000ff M0 0L1 0\n"},
    {"attribute selector", "<style>[data-x=y]{fill:lime}</style><path data-x='y' d='M0 0L1 0'/>",
     "fill #00ff00 M0 0L1 0\n"},
    {"sheet comes later", "<path class='a' d='M0 0L1 0'/><style>.a{fill:lime}</style>",
     "fill #00ff00 M0 0L1 0\n"},
    {"sheet in CDATA", "<style><![CDATA[.a{fill:lime}]]></style><path class='a' d='M0 0L1 0'/>",
     "fill #00ff00 M0 0L1 0\n"},
    {"currentColor", "<g color='lime'><path fill='currentColor' d='M0 0L1 0'/></g>",
     "fill #00ff00 M0 0L1 0\n"},
    {"a share of the viewport is inherited as one",
     "<g stroke='red' fill='none' stroke-width='10%' stroke-dashoffset='1em'><path d='M0 "
     "0h9'/><svg "
     "width='12' height='12' overflow='visible'><path d='M0 0h9'/></svg></g>",
     "stroke #ff0000 2.4 M0 0L9 0\nstroke #ff0000 1.2 M0 0L9 0\n"},
    {"inherit", "<g fill='red'><g fill='inherit'><path d='M0 0L1 0'/></g></g>",
     "fill #ff0000 M0 0L1 0\n"},
    {"inherit of what is not inherited by itself",
     "<g opacity='.5'><path opacity='inherit' d='M0 0L1 0'/></g>", "fill #000000@0.25 M0 0L1 0\n"},
    {"inherit of a transform",
     "<g transform='scale(2)'><path style='transform:inherit' d='M0 0L1 0'/></g>",
     "fill #000000 M0 0L4 0\n"},
    {"inherit is no transform of an attribute",
     "<g transform='scale(2)'><path transform='inherit' d='M0 0L1 0'/></g>",
     "fill #000000 M0 0L2 0\n"},
    {"keywords undo attributes",
     "<path opacity='.5' transform='scale(2)' fill='red' "
     "style='opacity:initial;transform:unset;fill:revert' d='M0 0L1 0'/>",
     "fill #000000 M0 0L1 0\n"},
    {"display none", "<g display='none'><path d='M0 0L1 0'/></g>", ""},
    {"hidden group, visible child",
     "<g visibility='hidden'><path d='M0 0L1 0'/><path visibility='visible' d='M2 0L3 0'/></g>",
     "fill #000000 M2 0L3 0\n"},
    {"nothing painted", "<path fill='none' d='M0 0L1 0'/>", ""},
    {"opacity of one paint folds", "<path opacity='.5' fill-opacity='.5' d='M0 0L1 0'/>",
     "fill #000000@0.25 M0 0L1 0\n"},
    {"opacity of a group stays", "<g opacity='.5'><path d='M0 0L1 0'/><path d='M2 0L3 0'/></g>",
     "group 0.5 {\nfill #000000 M0 0L1 0\nfill #000000 M2 0L3 0\n}\n"},
    {"use", "<defs><path id='p' d='M0 0L1 0'/></defs><use href='#p' x='5' y='6'/>",
     "fill #000000 M5 6L6 6\n"},
    {"use of xlink, style from use",
     "<defs><path id='p' d='M0 0L1 0'/></defs><use xlink:href='#p' fill='red'/>",
     "fill #ff0000 M0 0L1 0\n"},
    {"use of symbol with view box",
     "<symbol id='s' viewBox='0 0 2 2'><path d='M0 0L2 2'/></symbol><use href='#s' width='8' "
     "height='8'/>",
     "fill #000000 M0 0L8 8\n"},
    {"symbol alone draws nothing", "<symbol id='s'><path d='M0 0L2 2'/></symbol>", ""},
    {"use of itself", "<g id='g'><use href='#g'/><path d='M0 0L1 0'/></g>",
     "fill #000000 M0 0L1 0\n"},
    {"use in a circle",
     "<defs><g id='a'><use href='#b'/></g><g id='b'><use href='#a'/></g></defs><use href='#a'/>",
     ""},
    {"nested svg",
     "<svg x='2' y='3' width='4' height='4' viewBox='0 0 2 2'><path d='M0 0L2 2'/></svg>",
     "fill #000000 M2 3L6 7\n"},
    {"switch takes the first that fits",
     "<switch><path systemLanguage='xx' d='M0 0L1 0'/><path d='M2 0L3 0'/><path d='M4 0L5 "
     "0'/></switch>",
     "fill #000000 M2 0L3 0\n"},
    {"unknown element hides its children", "<foo><path d='M0 0L1 0'/></foo>", ""},
    {"foreign namespace is skipped", "<x:g xmlns:x='urn:x'><path d='M0 0L1 0'/></x:g>", ""},
    {"paint server with fallback", "<path fill='url(#none) lime' d='M0 0L1 0'/>",
     "fill #00ff00 M0 0L1 0\n"},
    {"gradient of one stop is its colour",
     "<linearGradient id='g'><stop stop-color='lime'/></linearGradient><path fill='url(#g)' d='M0 "
     "0L1 0'/>",
     "fill #00ff00 M0 0L1 0\n"},
    {"clip path",
     "<clipPath id='c'><rect width='2' height='2'/></clipPath><path clip-path='url(#c)' d='M0 0L9 "
     "0L9 9Z'/>",
     "group 1 clipped {\nfill #000000 M0 0L9 0L9 9Z\n}\n"},
    {"missing clip path is none", "<path clip-path='url(#c)' d='M0 0L9 0'/>",
     "fill #000000 M0 0L9 0\n"},
    {"transform origin", "<path transform='scale(2)' transform-origin='1 1' d='M1 1L2 1'/>",
     "fill #000000 M1 1L3 1\n"},
    {"transform origin that is none counts as absent",
     "<path transform='scale(2)' transform-origin='top 1' d='M1 1L2 1'/>",
     "fill #000000 M2 2L4 2\n"},
    {"transform of a style sheet", "<path style='transform:translate(2px,1em)' d='M0 0L1 0'/>",
     "fill #000000 M2 16L3 16\n"},
    {"transform of a sheet beats the attribute",
     "<path style='transform:none' transform='scale(2)' d='M0 0L1 0'/>", "fill #000000 M0 0L1 0\n"},
    {"positions and sizes of a style sheet",
     "<style>rect{x:1px;width:3px}</style><rect y='2' width='9' height='4'/>",
     "fill #000000 M1 2L4 2L4 6L1 6Z\n"},
    {"path data of a style sheet", "<path style='d:path(\"M0 0L1 0\")' d='M5 5L6 6'/>",
     "fill #000000 M0 0L1 0\n"},
    {"declarations that say nothing do not count",
     "<path style='fill:lime;fill:color(display-p3 1 0 0);fill:3' d='M0 0L1 0'/>",
     "fill #00ff00 M0 0L1 0\n"},
    {"of colours in other spaces the others count",
     "<style>path{fill:oklch(1 0 0)}</style><path style='fill:lab(1 0 0);fill:lime' d='M0 0L1 0'/>",
     "fill #00ff00 M0 0L1 0\n"},
    {"names and keywords in capitals",
     "<path style='FILL:Lime' visibility='Visible' d='M0 0L1 0'/>", "fill #00ff00 M0 0L1 0\n"},
    {"visibility that is none counts as absent", "<path visibility='foo' d='M0 0L1 0'/>",
     "fill #000000 M0 0L1 0\n"},
    {"variable with a fallback", "<path fill='var(--a, var(--b, lime))' d='M0 0L1 0'/>",
     "fill #00ff00 M0 0L1 0\n"},
    {"context paint",
     "<defs><path id='p' fill='context-stroke' stroke='context-fill' d='M0 0L1 0'/></defs><use "
     "href='#p' fill='lime' stroke='blue'/>",
     "fill #0000ff stroke #00ff00 1 M0 0L1 0\n"},
    {"context paint without a use", "<path fill='context-fill' stroke='red' d='M0 0L1 0'/>",
     "stroke #ff0000 1 M0 0L1 0\n"},
    {"stroke that does not scale",
     "<g transform='scale(3 1)'><path vector-effect='non-scaling-stroke' stroke='red' fill='none' "
     "d='M0 0L1 0'/></g>",
     "stroke #ff0000 1 M0 0L3 0\n"},
    {"gradient of a bounding box that a line has not",
     "<linearGradient id='g'><stop stop-color='lime'/><stop stop-color='lime'/></linearGradient>"
     "<g fill='none'><path stroke='url(#g)' d='M0 0L1 0'/><path stroke='url(#g) red' d='M2 0L3 0'/>"
     "<path stroke='url(#g)' d='M4 0L5 1'/></g>",
     "stroke #ff0000 1 M2 0L3 0\nstroke #00ff00 1 M4 0L5 1\n"},
    {"gradient of user space",
     "<linearGradient id='g' href='#h'><stop stop-color='lime'/><stop "
     "stop-color='lime'/></linearGradient>"
     "<linearGradient id='h' gradientUnits='userSpaceOnUse'/>"
     "<path fill='none' stroke='url(#g)' d='M0 0L1 0'/>",
     "stroke #00ff00 1 M0 0L1 0\n"},
    {"zoom of old style sheets", "<path style='zoom:1' d='M0 0L1 0'/>", "fill #000000 M0 0L1 0\n"},
    {"shapes have no contents in clip paths either",
     "<clipPath id='c'><path display='contents' d='M0 0L9 0L9 9Z'/></clipPath><path "
     "clip-path='url(#c)' d='M0 0L9 0L9 9Z'/>",
     "group 1 clipped {\nfill #000000 M0 0L9 0L9 9Z\n}\n"},
    {"shapes have no contents", "<path display='contents' d='M0 0L1 0'/>", ""},
    {"contents of a group", "<g display='contents'><path d='M0 0L1 0'/></g>",
     "fill #000000 M0 0L1 0\n"},
    {"shapes without vertices have no markers",
     "<marker id='m'><path d='M0 0L1 0'/></marker><rect marker-end='url(#m)' width='1' "
     "height='1'/>",
     "fill #000000 M0 0L1 0L1 1L0 1Z\n"},
    {"a stop's currentColor is the gradient's",
     "<linearGradient id='g' color='lime'><stop stop-color='currentColor'/></linearGradient><path "
     "color='red' fill='url(#g)' d='M0 0L1 0'/>",
     "fill #00ff00 M0 0L1 0\n"},
    {"switch takes what is never drawn too", "<switch><defs/><path d='M0 0L1 0'/></switch>", ""},
    {"an empty list of extensions holds for none",
     "<path requiredExtensions='' d='M0 0L1 0'/><path d='M2 0L3 0'/>", "fill #000000 M2 0L3 0\n"},
    {"clip path on the only part of a clip path",
     "<clipPath id='c'><rect width='2' height='2' clip-path='url(#d)'/></clipPath><clipPath "
     "id='d'><rect x='1' width='2' height='2'/></clipPath><path clip-path='url(#c)' d='M0 0L9 "
     "0L9 9Z'/>",
     "group 1 clipped {\nfill #000000 M0 0L9 0L9 9Z\n}\n"},
    {"animations leave their last value",
     "<path d='M9 9'><animate attributeName='d' dur='2s' begin='1s;9s' values='M0 0; M0 0L1 0;' "
     "fill='freeze'/>"
     "<animate attributeName='d' dur='2s' begin='300ms' to='M5 5' fill='freeze'/><set "
     "attributeName='fill' "
     "to='lime'/></path>",
     "fill #00ff00 M0 0L1 0\n"},
    {"animations that end leave nothing",
     "<path d='M0 0L1 0'><animate attributeName='d' dur='1s' to='M5 5'/><animate "
     "attributeName='fill' "
     "begin='click' to='red' fill='freeze'/></path>",
     "fill #000000 M0 0L1 0\n"},
    {"broken path keeps its start", "<path d='M0 0L1 0L1 1 x'/>", "fill #000000 M0 0L1 0L1 1\n"},
};

TEST(Drawings, AreAsWritten) {
  for (const Drawing& row : kDrawings) EXPECT_EQ(described(row.body), row.expected) << row.name;
}

TEST(Drawings, WrittenAgainAreTheSame) {
  for (const Drawing& row : kDrawings) {
    const std::string once = write_document(document_of(row.body), {6, 9});
    const std::string twice = write_document(read_document(once, "again"), {6, 9});
    EXPECT_EQ(once, twice) << row.name;
  }
}

}  // namespace
}  // namespace svgfusion::svg
