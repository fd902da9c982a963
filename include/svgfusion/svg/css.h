// SPDX-License-Identifier: MIT
// Style sheets inside the document: the simple-selector subset of CSS that SVG files use.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "svgfusion/svg/cursor.h"
#include "svgfusion/svg/xml.h"

namespace svgfusion::svg {

struct Declaration {
  std::string_view name;
  std::string_view value;  // without !important, trimmed
  bool important = false;
};

// "a: b; c: d !important". A broken declaration is dropped, the rest kept.
std::vector<Declaration> parse_declarations(std::string_view text);

// Type, universal, class, id, attribute and :first-child selectors; descendant, child and adjacent
// combinators. At-rules and rules with anything else are dropped.
class StyleSheet {
 public:
  // `text` is copied; later sheets come after earlier ones in the cascade.
  void add(std::string_view text);
  bool empty() const { return rules_.empty(); }
  std::size_t size() const { return rules_.size(); }  // selectors

  struct Match {
    std::uint32_t specificity;  // 256² ids + 256 classes, attributes + types (Selectors 3 §9)
    const std::vector<Declaration>* declarations;
  };
  // The rules that match, in cascade order: by specificity, then by appearance.
  std::vector<Match> match(const Element& element) const;

 private:
  struct Condition {
    enum class Kind { kType, kId, kClass, kAttribute, kFirstChild };
    Kind kind;
    std::string name;
    char operation = '\0';  // '\0' present, '=' equal, '~' word, '|' dash, '^' '$' '*' substring
    std::string value;
  };
  struct Compound {
    char combinator = ' ';  // to the compound on its left: ' ', '>' or '+'
    std::vector<Condition> conditions;
  };
  struct Rule {
    std::vector<Compound> selector;  // left to right
    std::uint32_t specificity = 0;
    std::size_t block = 0;
  };

  static bool holds(const Condition& condition, const Element& element);
  static bool matches(const Rule& rule, std::size_t last, const Element& element);
  static bool parse_attribute(Cursor& cursor, Condition& condition);
  static bool parse_compound(Cursor& cursor, Compound& compound, std::uint32_t& specificity);
  static bool parse_selector(std::string_view text, Rule& rule);

  std::vector<Rule> rules_;
  std::vector<std::vector<Declaration>> blocks_;
  std::vector<std::unique_ptr<std::string>> texts_;
};

}  // namespace svgfusion::svg
