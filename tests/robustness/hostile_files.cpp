// SPDX-License-Identifier: MIT
#include "robustness/hostile_files.h"

#include <random>

#include "support/support.h"
#include "svgfusion/base/text.h"

namespace svgfusion::test {
namespace {

using base::concat;

std::string repeat(const std::string& text, std::size_t count) {
  std::string out;
  out.reserve(text.size() * count);
  for (std::size_t i = 0; i < count; ++i) out += text;
  return out;
}

std::string billion_laughs() {
  std::string entities = "<!ENTITY a0 'ha'>";
  for (int i = 1; i < 10; ++i) {
    entities += concat("<!ENTITY a", i, " '", repeat(concat("&a", i - 1, ";"), 10), "'>");
  }
  return concat("<!DOCTYPE svg [", entities, "]>", svg_text("<title>&a9;</title>"));
}

std::string exponential_use() {
  std::string body = "<defs><g id='g0'><rect width='1' height='1'/></g>";
  for (int i = 1; i < 25; ++i) {
    body += concat("<g id='g", i, "'>", repeat(concat("<use href='#g", i - 1, "'/>"), 4), "</g>");
  }
  return svg_text(body + "</defs><use href='#g24'/>");
}

std::string many_attributes(std::size_t count) {
  std::string attributes;
  for (std::size_t i = 0; i < count; ++i) attributes += concat(" a", i, "='1'");
  return svg_text(concat("<rect width='5' height='5'", attributes, "/>"));
}

std::string many_namespaces(std::size_t count) {
  std::string declarations;
  for (std::size_t i = 0; i < count; ++i) declarations += concat(" xmlns:n", i, "='urn:", i, "'");
  return declarations;
}

// Every pair of its lines crosses.
std::string star_of_crossings(int lines) {
  std::string d;
  for (int i = 0; i < lines; ++i)
    d +=
        concat("M", 2 + 20.0 * i / lines, " 2L", 22 - 20.0 * i / lines, " 22L12 ", 3 + i % 17, "z");
  return svg_text(concat("<path d='", d, "'/>"));
}

// Curves from anywhere to anywhere, each of which meets most of the others.
std::string scribble(int curves) {
  std::minstd_rand random(1);
  std::string d = "M0 0";
  for (int i = 0; i < curves; ++i) {
    d += "C";
    for (int k = 0; k < 6; ++k) d += concat(k > 0 ? " " : "", random() % 2600 / 100.0 - 1);
  }
  return d;
}

}  // namespace

const std::vector<HostileFile>& hostile_files() {
  using std::string_literals::operator""s;
  static const std::vector<HostileFile> files{
      {"empty", "", "not well-formed"},
      {"nul bytes", std::string(5000, '\0'), "not well-formed"},
      {"not XML", "PK\3\4 this is a zip", "XML"},
      {"another document", "<html><body/></html>", "the root element is not <svg>"},
      {"billion laughs", billion_laughs(), "nests deeper than"},
      {"quadratic blow-up",
       concat("<!DOCTYPE svg [<!ENTITY a '", std::string(50'000, 'x'), "'>]>",
              svg_text(concat("<title>", repeat("&a;", 1000), "</title>"))),
       "entities expand to more than"},
      {"external entity",
       "<!DOCTYPE svg [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>" + svg_text("<text>&x;</text>"),
       "<text> is not supported"},
      {"entity that is itself",
       "<!DOCTYPE svg [<!ENTITY a '&a;'>]>" + svg_text("<title>&a;</title>"), "nests deeper"},
      {"depth", svg_text(repeat("<g>", 200'000) + repeat("</g>", 200'000)), ""},
      {"unclosed depth", "<svg>" + repeat("<g>", 200'000), "not well-formed"},
      {"exponential use", exponential_use(), "draws more than"},
      {"use of itself", svg_text("<g id='a'><use href='#a'/><rect width='5' height='5'/></g>"), ""},
      {"use in a ring", svg_text("<g id='a'><use href='#b'/></g><g id='b'><use href='#a'/></g>"),
       ""},
      {"gradient in a ring",
       svg_text("<linearGradient id='a' href='#b'/><linearGradient id='b' href='#a'/>"
                "<rect width='5' height='5' fill='url(#a)'/>"),
       ""},
      {"clip of itself",
       svg_text("<clipPath id='a' clip-path='url(#a)'><rect width='9' height='9'/></clipPath>"
                "<rect width='5' height='5' clip-path='url(#a)'/>"),
       ""},
      {"attributes", many_attributes(40'000), "attributes"},
      {"elements", svg_text(repeat("<rect width='1' height='1'/>", 150'000)), "draws more than"},
      {"elements without end", svg_text(repeat("<a/>", 1'500'000)), "elements"},
      {"unsupported elements", svg_text(repeat("<text/>", 100'000)), "<text> is not supported"},
      {"long path", svg_text(concat("<path d='M0 0", repeat("l1 1 -1 1", 400'000), "'/>")),
       "draws more than"},
      {"many subpaths", svg_text(concat("<path d='", repeat("M1 1h1v1z", 100'000), "'/>")), ""},
      {"squares on each other",
       svg_text(concat("<path d='", repeat("M1 1h9v9h-9z", 30'000), "'/>")), ""},
      {"shapes on each other", svg_text(repeat("<path d='M1 1h9v9h-9z'/>", 30'000)), ""},
      {"colours on each other",
       svg_text(repeat("<path d='M1 1h9v9z'/><path fill='red' d='M2 2h9v9z'/>", 15'000)), ""},
      {"half-transparent shapes on each other",
       svg_text(repeat("<path opacity='.5' d='M1 1h9v9h-9z'/>", 30'000)), ""},
      {"strokes on each other",
       svg_text(repeat("<path fill='none' stroke='red' d='M1 1c9 9 9 0 3 3'/>", 30'000)), ""},
      {"dashes without end",
       svg_text(concat("<g fill='none' stroke='red' stroke-width='.01' stroke-dasharray='.002'>",
                       repeat("<path d='M1 1L23 23L1 23'/>", 1'000), "</g>")),
       ""},
      {"circles on each other",
       svg_text(
           repeat("<circle cx='12' cy='12' r='9'/><circle cx='12' cy='12.0001' r='9'/>", 5'000)),
       ""},
      {"clips on each other",
       svg_text(concat("<clipPath id='a'><circle cx='9' cy='9' r='8'/></clipPath>",
                       repeat("<circle clip-path='url(#a)' cx='12' cy='12' r='9'/>", 5'000))),
       ""},
      {"crossings", star_of_crossings(1500), ""},
      {"a scribble", svg_text(concat("<path d='", scribble(800), "'/>")), "overlapping outlines"},
      {"a scribble of strokes",
       svg_text(concat("<path fill='none' stroke='red' stroke-width='4' stroke-dasharray='9 1' d='",
                       scribble(100), "'/>")),
       ""},
      {"a scribble clipped by another",
       svg_text(concat("<clipPath id='a'><path d='", scribble(500), "'/></clipPath><path d='M1 1",
                       scribble(400), "' clip-path='url(#a)'/>")),
       "overlapping outlines"},
      {"a pen without end",
       svg_text(
           "<g fill='none' stroke='red' stroke-width='7777777777777777'><path d='M6 2.5"
           "a48 48 0 0 0-1.134-.175a2.31 2.1 0 0 1-1.64-1.055l-.8-1.3a2.2 2 0 0 1-.1.8'/></g>"),
       ""},
      {"huge numbers",
       svg_text("<path d='M3e38 3e38L-3e38 3e38 1e400 5z'/><rect x='3e38' width='3e38' "
                "height='3e38'/>"),
       ""},
      {"far point", "<svg><svg><path d='M0 .3L-2e15 7'/></svg></svg>", ""},
      {"tiny box", svg_text("<rect width='5' height='5'/>", "viewBox='0 0 1e-300 1e-300'"), ""},
      {"huge box", svg_text("<rect width='5' height='5'/>", "viewBox='-3e38 0 3e38 3e38'"), ""},
      {"long number", svg_text(concat("<path d='M", std::string(500'000, '9'), " 1L2 2'/>")), ""},
      {"dashes", svg_text("<path d='M0 0L1e9 1e9' stroke='red' stroke-dasharray='1e-7'/>"), ""},
      {"arcs", svg_text("<path d='M0 0A1e-300 3e38 45 1 1 5 5A3e38 1 0 0 1 9 9'/>"), ""},
      {"transforms",
       svg_text(
           concat("<rect width='1' height='1' transform='", repeat("scale(1e300) ", 5000), "'/>")),
       ""},
      {"selectors",
       svg_text(concat("<style>", repeat("g g g g g g g g * > g { fill: red } ", 3000), "</style>",
                       repeat("<g>", 90), repeat("<rect width='1' height='1'/>", 200),
                       repeat("</g>", 90))),
       ""},
      {"selector that fails late",
       svg_text(concat("<style>x", repeat(" g", 12), " rect{fill:red}</style>", repeat("<g>", 90),
                       "<rect width='1' height='1'/>", repeat("</g>", 90))),
       ""},
      {"selector within selector",
       svg_text(concat("<style>", repeat("a:not(", 300'000), "{b:c}</style>")), "style rule"},
      {"sheet of comment marks",
       svg_text(concat("<style><![CDATA[", repeat("<!--", 1'000'000), "]]></style>")), "nothing"},
      {"rule of many declarations",
       svg_text(concat("<style>*{", repeat("a:b;", 300'000), "}</style>", repeat("<g/>", 100'000))),
       "checks of style rules"},
      {"style used again",
       svg_text(concat("<g id='a' style='", repeat("a:b;", 250'000), "'/>",
                       repeat("<use href='#a'/>", 100'000))),
       "bytes of attributes"},
      {"points used again",
       svg_text(concat("<polygon id='a' points='1,1", std::string(1'000'000, ' '), "2'/>",
                       repeat("<use href='#a'/>", 100'000))),
       "bytes of attributes"},
      {"gradient used again",
       svg_text(concat("<g><linearGradient id='a'>",
                       repeat("<stop stop-color='currentColor'/>", 50'000), "</linearGradient></g>",
                       repeat("<path fill='url(#a)' d='M0 0h1v1'/>", 50'000))),
       ""},
      {"clip path used again",
       svg_text(concat("<clipPath id='a'>", repeat("<g/>", 90'000), "</clipPath>",
                       repeat("<rect clip-path='url(#a)' width='1' height='1'/>", 50'000))),
       "draws more than"},
      {"clip paths that branch",
       svg_text(concat("<clipPath id='a' clip-path='url(#a)'><use href='#b' clip-path='url(#a)'/>"
                       "</clipPath><rect id='b' width='9' height='9' clip-path='url(#a)'/>",
                       repeat("<use href='#b'/>", 2'000))),
       ""},
      {"namespaces",
       concat("<svg viewBox='0 0 9 9'", many_namespaces(900), ">",
              repeat("<a xmlns:b='urn:b'/>", 190'000), "</svg>"),
       "namespaces"},
      {"viewports in viewports",
       svg_text(concat(repeat("<svg>", 90), repeat("<path d='M0 0h1v1'/>", 90'000),
                       repeat("</svg>", 90))),
       ""},
      {"open comment", "<svg><!-- " + std::string(100'000, '-'), "is not ended by"},
      {"open instruction", "<svg><?x " + std::string(100'000, ' '), "is not ended by"},
      {"open DOCTYPE", "<!DOCTYPE svg [" + std::string(100'000, '<'), "DOCTYPE"},
      {"references",
       svg_text(
           concat("<path d='M1 1", repeat("&#x0000000000000000000000020;", 20'000), "L5 5'/>")),
       ""},
      {"surrogates", svg_text("<path id='&#xD800;&#xFFFFFFFF;&#0;' d='M1 1h4v4z'/>"), ""},
      {"broken UTF-8",
       svg_text("<path d='M1 1h4v4z' id='\xC0\x80\xED\xA0\x80\xF8\x88\x80\x80\x80'/>"), ""},
      {"half of UTF-16", "\xFF\xFE<\0s\0v\0g"s, ""},
  };
  return files;
}

}  // namespace svgfusion::test
