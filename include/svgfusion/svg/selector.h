// SPDX-License-Identifier: MIT
// CSS selectors (Selectors 4) as far as a still picture needs them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "svgfusion/svg/cursor.h"
#include "svgfusion/svg/xml.h"

namespace svgfusion::svg {

// Type, universal, class, id and attribute selectors; :root, :first-child, :last-child,
// :only-child, :nth-child() and :not() of one compound; descendant, child and sibling combinators.
// What needs a user or generated content (:hover, ::before) matches nothing.
class Selector {
 public:
  // Unset for what is broken or not understood.
  static std::optional<Selector> parse(std::string_view text);

  // Adds the elements looked at to `checks`: at most the compounds times the element's ancestors
  // and their siblings.
  bool matches(const Element& element, std::size_t& checks) const {
    return match(compounds_.size() - 1, element, checks) == Outcome::kMatch;
  }
  // 256² ids + 256 classes, attributes and pseudo-classes + types (§17).
  std::uint32_t specificity() const { return specificity_; }

 private:
  struct Condition {
    enum class Kind { kType, kId, kClass, kAttribute, kRoot, kNth, kLastChild, kNot, kNever };
    Kind kind;
    std::string name;
    char operation = '\0';  // '\0' present, '=' equal, '~' word, '|' dash, '^' '$' '*' substring
    std::string value;
    int step = 0;  // of kNth: the children numbered step n + offset, from 1
    int offset = 1;
    std::vector<Condition> inner;  // of kNot
  };
  struct Compound {
    char combinator = ' ';  // to the compound on its left: ' ', '>', '+' or '~'
    std::vector<Condition> conditions;
  };

  static bool holds(const Condition& condition, const Element& element);
  static bool attribute_holds(const Condition& condition, const Element& element);
  static bool parse_attribute(Cursor& cursor, Condition& condition);
  static bool parse_nth(Cursor& cursor, Condition& condition);
  static std::optional<Compound> parse_compound(Cursor& cursor, std::uint32_t& specificity,
                                                int depth = 0);
  static bool parse_pseudo(Cursor& cursor, Compound& compound, std::uint32_t& specificity,
                           int depth);
  // How far a failure reaches. Looking on is of no use where what lies further left failed for all
  // that could be tried: without this, time grows with a power of the depth.
  enum class Outcome { kMatch, kNotHere, kNoSibling, kNoAncestor };
  // Of compounds_[0..last] with the last of them on `element`.
  Outcome match(std::size_t last, const Element& element, std::size_t& checks) const;

  std::vector<Compound> compounds_;  // left to right; never empty
  std::uint32_t specificity_ = 0;
};

}  // namespace svgfusion::svg
