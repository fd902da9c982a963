// SPDX-License-Identifier: MIT
#include "robustness/hostile_files.h"

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

// Every pair of its lines crosses.
std::string star_of_crossings(int lines) {
  std::string d;
  for (int i = 0; i < lines; ++i)
    d +=
        concat("M", 2 + 20.0 * i / lines, " 2L", 22 - 20.0 * i / lines, " 22L12 ", 3 + i % 17, "z");
  return svg_text(concat("<path d='", d, "'/>"));
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
      {"crossings", star_of_crossings(1500), ""},
      {"huge numbers",
       svg_text("<path d='M1e308 1e308L-1e308 1e308 1e400 5z'/><rect x='1e300' width='1e300' "
                "height='1e308'/>"),
       ""},
      {"far point", "<svg><svg><path d='M0 .3L-2e15 7'/></svg></svg>", ""},
      {"tiny box", svg_text("<rect width='5' height='5'/>", "viewBox='0 0 1e-300 1e-300'"), ""},
      {"huge box", svg_text("<rect width='5' height='5'/>", "viewBox='-1e300 0 1e308 1e308'"), ""},
      {"long number", svg_text(concat("<path d='M", std::string(500'000, '9'), " 1L2 2'/>")), ""},
      {"dashes", svg_text("<path d='M0 0L1e9 1e9' stroke='red' stroke-dasharray='1e-7'/>"), ""},
      {"arcs", svg_text("<path d='M0 0A1e-300 1e300 45 1 1 5 5A1e308 1 0 0 1 9 9'/>"), ""},
      {"transforms",
       svg_text(
           concat("<rect width='1' height='1' transform='", repeat("scale(1e300) ", 5000), "'/>")),
       ""},
      {"selectors",
       svg_text(concat("<style>", repeat("g g g g g g g g * > g { fill: red } ", 3000), "</style>",
                       repeat("<g>", 90), repeat("<rect width='1' height='1'/>", 200),
                       repeat("</g>", 90))),
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
