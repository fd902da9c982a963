// SPDX-License-Identifier: MIT
// Style sheets inside the document: the part of CSS that decides how a still picture looks.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "svgfusion/svg/selector.h"
#include "svgfusion/svg/xml.h"

namespace svgfusion::svg {

struct Declaration {
  std::string_view name;
  std::string_view value;  // without !important, trimmed
  bool important = false;
};

// "a: b; c: d !important". A broken declaration is dropped, the rest kept.
std::vector<Declaration> parse_declarations(std::string_view text);

// Whether a list of media queries holds for a screen of which nothing else is known.
enum class Media { kHolds, kDoesNotHold, kUnknown };
Media match_media(std::string_view list);

class StyleSheet {
 public:
  // At most so many elements are held against selectors and declarations applied to them; after
  // that nothing matches any more.
  explicit StyleSheet(std::size_t max_checks = SIZE_MAX) : max_checks_(max_checks) {}

  // `text` is copied; later sheets come after earlier ones in the cascade. Rules in "@media" count
  // where the medium is a plain screen.
  void add(std::string_view text);
  bool empty() const { return rules_.empty(); }
  bool exhausted() const { return checks_ > max_checks_; }
  // What is not applied though a browser would: selectors and at-rules, as written.
  const std::vector<std::string>& left_out() const { return left_out_; }

  struct Match {
    std::uint32_t specificity;
    const std::vector<Declaration>* declarations;
  };
  // The rules that match, in cascade order: by specificity, then by appearance.
  std::vector<Match> match(const Element& element) const;

 private:
  struct Rule {
    Selector selector;
    std::size_t block = 0;
  };
  void add_rules(std::string_view text, int depth);
  void add_at_rule(std::string_view prelude, std::string_view block, int depth);
  void leave_out(std::string_view what);

  std::vector<Rule> rules_;
  std::vector<std::vector<Declaration>> blocks_;
  std::vector<std::unique_ptr<std::string>> texts_;
  std::vector<std::string> left_out_;
  std::size_t max_checks_;
  mutable std::size_t checks_ = 0;
};

}  // namespace svgfusion::svg
