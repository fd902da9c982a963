// SPDX-License-Identifier: MIT
// The XML layer: what real files do, and what hostile ones try.
#include "svgfusion/svg/xml.h"

#include "support/support.h"
#include "svgfusion/base/error.h"
#include "svgfusion/svg/document.h"

namespace svgfusion::svg {
namespace {

using std::string_literals::operator""s;
using test::message_of;
using test::svg_text;

std::size_t drawn(const std::string& bytes) {
  return read_document(bytes, "t.svg").root.children.size();
}

TEST(Xml, RealWorldBeginnings) {
  const std::string body = svg_text("<path d='M0 0L1 0L1 1Z'/>");
  EXPECT_EQ(drawn("\xEF\xBB\xBF" + body), 1U);
  EXPECT_EQ(drawn("<?xml version='1.0' encoding='UTF-8'?>\n<!DOCTYPE svg PUBLIC '-//W3C//DTD SVG "
                  "1.1//EN' 'http://x/y.dtd'>\n" +
                  body),
            1U);
  EXPECT_EQ(drawn("<!-- made by hand --><?xml version='1.0'?>" + body), 1U);
  EXPECT_EQ(drawn(" \n" + body), 1U);
  EXPECT_EQ(drawn("<svg viewBox='0 0 24 24'><?xpacket begin='' id='x'?><path d='M0 0L1 0'/></svg>"),
            1U);
  EXPECT_EQ(drawn("<s:svg xmlns:s='http://www.w3.org/2000/svg' viewBox='0 0 9 9'><s:path d='M0 0L1 "
                  "0'/></s:svg>"),
            1U);
}

TEST(Xml, WhereTheRootHasAPrefixElementsWithoutAreNotSvg) {
  const auto file = [](const std::string& body) {
    return "<s:svg xmlns:s='http://www.w3.org/2000/svg' viewBox='0 0 9 9'>" + body + "</s:svg>";
  };
  EXPECT_EQ(drawn(file("<path d='M0 0L1 0'/><s:path d='M0 0L1 0'/>")), 1U);
  EXPECT_EQ(drawn(file("<path xmlns='http://www.w3.org/2000/svg' d='M0 0L1 0'/>")), 1U);
  EXPECT_EQ(drawn("<svg:svg viewBox='0 0 9 9'><path d='M0 0L1 0'/></svg:svg>"), 1U);
}

TEST(Xml, Encodings) {
  const std::string body =
      "<svg viewBox='0 0 9 9'><title>\xC3\xA9</title><path d='M0 0L1 0'/></svg>";
  std::string utf16 = "\xFF\xFE"s;
  for (const char c : "<svg viewBox='0 0 9 9'><path d='M0 0L1 0'/></svg>"s) utf16 += c + "\0"s;
  EXPECT_EQ(drawn(utf16), 1U);
  EXPECT_EQ(drawn(body), 1U);
  EXPECT_EQ(drawn("<?xml version='1.0' encoding='ISO-8859-1'?><svg viewBox='0 0 9 "
                  "9'><title>\xE9</title><path d='M0 0L1 0'/></svg>"),
            1U);
  EXPECT_EQ(drawn("<svg viewBox='0 0 9 9'><title>\xFF\xC0</title><path d='M0 0L1 0'/></svg>"), 1U);
}

TEST(Xml, EntitiesOfTheFileExpand) {
  EXPECT_EQ(drawn("<!DOCTYPE svg [<!ENTITY ns 'http://www.w3.org/2000/svg'><!ENTITY p 'M0 0L1 "
                  "0'>]><svg xmlns='&ns;' viewBox='0 0 9 9'><path d='&p;'/></svg>"),
            1U);
  EXPECT_EQ(drawn("<svg viewBox='0 0 9 9'><path d='M0 0&#xA;L1&#32;0'/></svg>"), 1U);
}

// Long values go another way through the parser than short ones.
TEST(Xml, LongValuesAreAsWritten) {
  using base::concat;
  const std::string many(60, 'a');
  struct Row {
    std::string written, read;
  };
  for (const Row& row : std::vector<Row>{{many, many},
                                         {concat(many, "&amp;b"), concat(many, "&b")},
                                         {concat(many, "&#65;"), concat(many, "A")},
                                         {concat(many, "\n", many), concat(many, "\n", many)},
                                         {concat(many, "<b"), concat(many, "<b")}}) {
    const auto root =
        parse_xml(concat("<svg a='1' b='", row.written, "' c=\"", row.written, "\" d='2'/>"), "t");
    ASSERT_EQ(root->attributes.size(), 4U);
    EXPECT_EQ(root->attributes[0].value, "1");
    EXPECT_EQ(root->attributes[1].value, row.read);
    EXPECT_EQ(root->attributes[2].value, row.read);
    EXPECT_EQ(root->attributes[3].value, "2");
  }
  // What stands for a long value cannot be written by a file.
  const auto forged = parse_xml(concat("<!DOCTYPE svg [<!ENTITY e '&#1;0'>]><svg a='", many,
                                       "' b='\x01", "0' c='&#1;0' d='&#x01;0' e='&e;'/>"),
                                "t");
  for (std::size_t i = 1; i < 5; ++i)
    EXPECT_EQ(forged->attributes.at(i).value,
              "\uFFFD"
              "0")
        << i;
  EXPECT_CONTAINS(message_of<base::SvgError>([&] { parse_xml(concat("<svg a='", many), "t"); }),
                  "not well-formed");
  EXPECT_CONTAINS(message_of<base::SvgError>(
                      [&] { parse_xml(concat("<svg><g a='", many, "'>\n\n<b></g></svg>"), "t"); }),
                  "t:3");
}

TEST(Xml, HostileInputIsAnErrorWithAPlace) {
  std::string laughs = "<!DOCTYPE svg [<!ENTITY a 'aaaaaaaaaa'>";
  for (char c = 'b'; c < 'm'; ++c) {
    laughs += base::concat("<!ENTITY ", c, " '");
    for (int i = 0; i < 10; ++i) laughs += base::concat("&", static_cast<char>(c - 1), ";");
    laughs += "'>";
  }
  laughs += "]><svg><title>&l;</title></svg>";
  std::string attributes = "<svg ";
  for (int i = 0; i < 5000; ++i) attributes += base::concat("a", i, "='1' ");
  std::string deep;
  for (int i = 0; i < 100000; ++i) deep += "<g>";
  std::string uses = "<svg viewBox='0 0 1 1'><g id='a0'><path d='M0 0L1 0'/></g>";
  for (int i = 1; i < 25; ++i)
    uses +=
        base::concat("<g id='a", i, "'><use href='#a", i - 1, "'/><use href='#a", i - 1, "'/></g>");
  uses += "</svg>";
  struct Row {
    const char* name;
    std::string bytes;
    const char* expected;
  };
  for (const Row& row : std::vector<Row>{
           {"empty", "", "expected"},
           {"text", "hello", "not well-formed"},
           {"not svg", "<html/>", "root element is not <svg>"},
           {"cut", "<svg><path d='M0 0", "not well-formed"},
           {"mismatch", "<svg><g></svg>", "not well-formed"},
           {"attribute twice", "<svg a='1' a='2' b></svg>", "not well-formed"},
           {"billion laughs", laughs, "entit"},
           {"entity of itself", "<!DOCTYPE svg [<!ENTITY a '&a;'>]><svg><title>&a;</title></svg>",
            "nests deeper"},
           {"attributes", attributes + "/>", "more than 1000 attributes"},
           {"deep", "<svg>" + deep, "not well-formed"},
           {"exponential use", uses, "draws more than"},
           {"open comment", "<svg><!-- ", "not ended"},
           {"compressed", "\x1f\x8b\x08 ...", "gzip"},
           {"binary", std::string("\x89PNG\r\n\x1a\n\0\0", 10), "not well-formed"}}) {
    const std::string message =
        message_of<base::SvgError>([&] { read_document(row.bytes, "h.svg"); });
    EXPECT_CONTAINS(message, row.expected) << row.name;
    EXPECT_CONTAINS(message, "h.svg") << row.name;
  }
}

TEST(Xml, ExternalEntitiesAreNeverOpened) {
  const Document d = read_document(
      "<!DOCTYPE svg [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><svg viewBox='0 0 9 9'><path d='M0 "
      "0L1 0' id='&x;'/></svg>",
      "t");
  EXPECT_EQ(d.root.children.size(), 1U);
}

TEST(Xml, NumbersBeyondReasonDoNotHarm) {
  for (const char* body :
       {"<rect width='3e38' height='3e38'/>", "<circle r='3e38' cx='-3e38'/>",
        "<path d='M0 0A3e38 1e-200 1e9 1 1 1e38 1'/>",
        "<path d='M3e38 3e38C-3e38 3e38 3e38 -3e38 0 0'/>",
        "<path stroke='red' stroke-dasharray='1e-300' d='M0 0H1e9'/>",
        "<g transform='scale(1e38 1e38) scale(1e38) scale(1e38) scale(1e38) scale(1e38) "
        "scale(1e38) scale(1e38) scale(1e38) scale(1e38)'><path d='M0 0L1 1'/></g>"}) {
    EXPECT_NO_THROW(read_document(svg_text(body), "t")) << body;
  }
}

// A thread's next tree is built in the memory of one that is no more, not of one that still lives.
TEST(Xml, TreesInMemoryOfOthersHaveNothingOfThem) {
  using base::concat;
  const auto shape = [](const Element& element, auto&& self) -> std::string {
    std::string out = concat("<", element.name, " ", element.place, " ", element.parent != nullptr);
    for (const Attribute& a : element.attributes) out += concat(" ", a.name, "=", a.value);
    out += concat(">", element.text);
    for (const Element* child : element.children) out += self(*child, self);
    return out + ";";
  };
  const std::string many =
      "<svg a='1' b='2' c='3'><style>rect{fill:red}</style><g d='4'>text<a/><b e='5'/></g></svg>";
  const std::string few = "<g x='9'><h/></g>";
  const std::string few_alone = "<g 0 false x=9><h 0 true>;;";
  for (int i = 0; i < 3; ++i) {
    parse_xml(many, "t");
    EXPECT_EQ(shape(*parse_xml(few, "t"), shape), few_alone);
    const auto first = parse_xml(many, "t");
    const std::string before = shape(*first, shape);
    EXPECT_EQ(shape(*parse_xml(few, "t"), shape), few_alone);
    EXPECT_EQ(shape(*parse_xml(few, "t"), shape), few_alone);
    EXPECT_EQ(shape(*first, shape), before);
  }
}

}  // namespace
}  // namespace svgfusion::svg
