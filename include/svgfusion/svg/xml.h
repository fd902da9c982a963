// SPDX-License-Identifier: MIT
// The XML layer: bytes to a plain element tree. tinyxml2 does the parsing inside xml_tree.cpp; what
// it cannot do (encodings, processing instructions, entities) is done on the text before it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace svgfusion::svg {

// Budgets against hostile input; each is an SvgError when passed.
struct XmlLimits {
  std::size_t max_bytes = 16u << 20;
  std::size_t max_elements = 200'000;
  std::size_t max_attributes = 500'000;  // of all elements together
  std::size_t max_attributes_a_tag = 1'000;
  std::size_t max_entity_bytes = 1u << 20;  // what all entities together may expand to
  int max_entity_depth = 8;
};

struct Attribute {
  std::string_view name;  // "href" for every form of xlink:href; foreign prefixes are dropped
  std::string_view value;
};

// Names, values and the elements themselves are in the memory of the whole tree.
struct Element {
  std::string_view name;  // local name; empty for an element of a foreign namespace
  std::vector<Attribute> attributes;
  std::vector<Element*> children;
  const Element* parent = nullptr;
  std::size_t place = 0;  // among the parent's children
  std::string text;       // its own character data, for <style>
  int line = 0;

  // The attribute's value, or nullptr.
  const std::string_view* find(std::string_view attribute) const;
};

// UTF-8 without byte order mark, PIs and DOCTYPE; general entities of the internal subset expanded;
// line breaks kept, so that lines in messages stay true. Throws SvgError.
std::string clean_xml(std::string_view bytes, const XmlLimits& limits);

// The root element, which keeps the tree alive. `where` names the file in messages. Throws SvgError
// with the line.
std::shared_ptr<Element> parse_xml(std::string_view bytes, std::string_view where,
                                   const XmlLimits& limits = {});

}  // namespace svgfusion::svg
