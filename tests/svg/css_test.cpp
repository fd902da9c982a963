// SPDX-License-Identifier: MIT
#include "svgfusion/svg/css.h"

#include "support/support.h"
#include "svgfusion/base/error.h"
#include "svgfusion/svg/document.h"
#include "svgfusion/svg/xml.h"

namespace svgfusion::svg {
namespace {

// The ids of what a selector matches, in document order.
std::string matched(const Element& element, const Selector& selector) {
  std::size_t checks = 0;
  std::string out;
  if (const std::string_view* id = element.find("id"); id && selector.matches(element, checks))
    out += *id;
  for (const auto& child : element.children) out += matched(*child, selector);
  return out;
}

TEST(Selectors, Table) {
  const auto root = parse_xml(
      "<svg id='s'><g id='g' class='x y'><rect id='a' data-n='one two'/><path id='b' class='y'/>"
      "<rect id='c'/><path id='d' data-n='en-GB'/></g><g id='h'><rect id='e'/></g></svg>",
      "t");
  struct Row {
    const char* selector;
    const char* expected;
  };
  for (const Row& row : {Row{"rect", "ace"},
                         Row{"*", "sgabcdhe"},
                         Row{"RECT", ""},
                         Row{".y", "gb"},
                         Row{".x.y", "g"},
                         Row{"#a", "a"},
                         Row{"g rect", "ace"},
                         Row{"svg > rect", ""},
                         Row{".x > rect", "ac"},
                         Row{"rect + path", "bd"},
                         Row{"rect ~ rect", "c"},
                         Row{"g ~ g > rect", "e"},
                         Row{"[data-n]", "ad"},
                         Row{"[data-n~=two]", "a"},
                         Row{"[data-n|='en']", "d"},
                         Row{"[data-n^=\"one\"]", "a"},
                         Row{"[data-n$=GB]", "d"},
                         Row{"[data-n*=' ']", "a"},
                         Row{":root", "s"},
                         Row{"rect:first-child", "ae"},
                         Row{":last-child", "sdhe"},
                         Row{":first-child", "sgae"},
                         Row{":only-child", "se"},
                         Row{":root:nth-child(2)", ""},
                         Row{"rect:only-child", "e"},
                         Row{"g > :nth-child(2n)", "bd"},
                         Row{"g > :nth-child(odd)", "ace"},
                         Row{"g > :nth-child(-n + 2)", "abe"},
                         Row{"g > :nth-child(3)", "c"},
                         Row{"rect:not(:first-child)", "c"},
                         Row{"path:not(.y)", "d"},
                         Row{"rect:hover", ""},
                         Row{"rect:not(:hover)", "ace"},
                         Row{"rect::before", ""},
                         Row{"*|rect", "ace"}}) {
    const auto selector = Selector::parse(row.selector);
    ASSERT_TRUE(selector.has_value()) << row.selector;
    EXPECT_EQ(matched(*root, *selector), row.expected) << row.selector;
  }
  for (const char* text : {"", ">", "a >", "a,b", "a:is(b)", "a:nth-child(x)", "[a", "[a?=b]",
                           "svg|a", "a:", ".\\61", "a:not(b"})
    EXPECT_FALSE(Selector::parse(text).has_value()) << text;
}

TEST(Selectors, Specificity) {
  const auto of = [](const char* text) { return Selector::parse(text)->specificity(); };
  EXPECT_EQ(of("*"), 0u);
  EXPECT_EQ(of("g rect"), 2u);
  EXPECT_EQ(of(".a:first-child[b]"), 3u * 256);
  EXPECT_EQ(of("#a:not(.b) c"), 65536u + 256 + 1);
}

TEST(StyleSheets, MediaAndWhatIsLeftOut) {
  StyleSheet sheet;
  sheet.add(
      "@charset 'x'; @media print{a{b:c}} @media Screen , print{a{d:e}} @media (hover){a{f:g}}"
      "@media (Prefers-color-scheme: dark){a{o:p}}"
      "a:is(b){h:i} @supports (x){a{j:k}} /* { */ <!-- a{l:m;n} -->");
  Element element;
  element.name = "a";
  std::string declared;
  for (const StyleSheet::Match& match : sheet.match(element)) {
    for (const Declaration& d : *match.declarations)
      declared += std::string(d.name) + ":" + std::string(d.value) + " ";
  }
  EXPECT_EQ(declared, "d:e l:m ");
  EXPECT_EQ(sheet.left_out(),
            (std::vector<std::string>{"@media (hover)", "a:is(b)", "@supports (x)"}));
}

std::string nested(int depth, const std::string& sheet) {
  std::string body = "<style>" + sheet + "</style>";
  for (int i = 0; i < depth; ++i) body += "<g>";
  body += "<path d='M0 0L1 1'/>";
  for (int i = 0; i < depth; ++i) body += "</g>";
  return test::svg_text(body);
}

// Tried one ancestor after the other, nine steps up among ninety take 10^11 trials.
TEST(StyleSheets, SelectorsThatMatchInManyWaysTakeNoLonger) {
  std::string selector = "x ";
  for (int i = 0; i < 9; ++i) selector += "g ";
  const Document document = read_document(nested(90, selector + "path{fill:red}"), "t");
  EXPECT_EQ(document.root.children.size(), 1u);
}

TEST(StyleSheets, ChecksAreLimited) {
  ReadOptions options;
  options.max_rule_checks = 1000;
  std::string sheet;
  for (int i = 0; i < 100; ++i) sheet += ".a{fill:red}";
  EXPECT_CONTAINS(
      test::message_of<base::SvgError>([&] { read_document(nested(20, sheet), "t", options); }),
      "draws more than 1000 checks of style rules");
}

}  // namespace
}  // namespace svgfusion::svg
