// SPDX-License-Identifier: MIT
#include "svgfusion/svg/css.h"

#include <algorithm>
#include <array>

#include "svgfusion/base/text.h"
#include "svgfusion/svg/cursor.h"

namespace svgfusion::svg {
namespace {

// Comments become a space; <!-- and --> around a sheet are dropped.
std::string without_comments(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    if (text.starts_with("/*")) {
      const std::size_t end = text.find("*/", 2);
      out += ' ';
      text.remove_prefix(end == std::string_view::npos ? text.size() : end + 2);
    } else if (text.starts_with("<!--") || text.starts_with("-->")) {
      text.remove_prefix(text.front() == '<' ? 4 : 3);
    } else {
      const std::size_t end = std::min(text.find_first_of("/<-", 1), text.size());
      out += text.substr(0, end);
      text.remove_prefix(end);
    }
  }
  return out;
}

// A view without comments before and after the text, for style attributes.
std::string_view without_outer_comments(std::string_view text) {
  while (true) {
    text = base::trim(text);
    if (text.starts_with("/*")) {
      const std::size_t end = text.find("*/", 2);
      text.remove_prefix(end == std::string_view::npos ? text.size() : end + 2);
    } else if (const std::size_t begin = text.find("/*");
               text.ends_with("*/") && begin != std::string_view::npos) {
      text = text.substr(0, begin);
    } else {
      return text;
    }
  }
}

// Says nothing about how a picture of paths looks.
bool is_harmless(std::string_view at_rule) {
  constexpr std::array<std::string_view, 5> kNames{"@charset", "@font-face", "@namespace", "@page",
                                                   "@view-transition"};
  return std::any_of(kNames.begin(), kNames.end(),
                     [&](std::string_view name) { return at_rule.starts_with(name); });
}

constexpr int kMaxNesting = 8;
constexpr std::size_t kDeclarationCost = 5;  // in checks of a rule: bounds the time
constexpr std::size_t kMaxLeftOut = 10;      // listed; the first ones

}  // namespace

Media match_media(std::string_view list) {
  // Of a printer, of a reader of text, or of a user who asked for something.
  constexpr std::array<std::string_view, 5> kElsewhere{"print", "speech", "prefers-",
                                                       "forced-colors", "not all"};
  list = base::trim(list);
  if (list.empty()) return Media::kHolds;
  Media media = Media::kDoesNotHold;
  for (const std::string& given : base::split(list, ',')) {
    const std::string query = base::lower(base::trim(given));
    if (query == "all" || query == "screen" || query == "only screen") return Media::kHolds;
    const bool is_elsewhere =
        std::any_of(kElsewhere.begin(), kElsewhere.end(),
                    [&](std::string_view part) { return query.find(part) != std::string::npos; });
    if (!is_elsewhere) media = Media::kUnknown;
  }
  return media;
}

std::vector<Declaration> parse_declarations(std::string_view text) {
  std::vector<Declaration> declarations;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(';'), text.size());
    const std::string_view piece = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t colon = piece.find(':');
    if (colon == std::string_view::npos) continue;
    Declaration declaration{without_outer_comments(piece.substr(0, colon)),
                            without_outer_comments(piece.substr(colon + 1))};
    if (const std::size_t mark = declaration.value.rfind('!');
        mark != std::string_view::npos &&
        base::lower(base::trim(declaration.value.substr(mark + 1))) == "important") {
      declaration.important = true;
      declaration.value = base::trim(declaration.value.substr(0, mark));
    }
    if (!declaration.name.empty() && !declaration.value.empty())
      declarations.push_back(declaration);
  }
  return declarations;
}

void StyleSheet::add(std::string_view text) {
  texts_.push_back(std::make_unique<std::string>(without_comments(text)));
  add_rules(*texts_.back(), 0);
}

void StyleSheet::add_rules(std::string_view text, int depth) {
  while (true) {
    text = base::trim(text);
    if (text.empty()) return;
    const std::size_t open = text.find_first_of("{;");
    if (open == std::string_view::npos) return;
    const std::string_view prelude = base::trim(text.substr(0, open));
    const bool is_at_rule = text.front() == '@';
    if (text[open] == ';') {  // "@import …;" and strays; nothing is ever loaded
      if (is_at_rule && !is_harmless(prelude)) leave_out(prelude);
      text.remove_prefix(open + 1);
      continue;
    }
    std::size_t close = open + 1;
    for (int braces = 1; close < text.size(); ++close) {
      if (text[close] == '{') ++braces;
      if (text[close] == '}' && --braces == 0) break;
    }
    const std::string_view block = text.substr(open + 1, std::min(close, text.size()) - open - 1);
    text.remove_prefix(std::min(close + 1, text.size()));
    if (is_at_rule) {
      add_at_rule(prelude, block, depth);
      continue;
    }
    blocks_.push_back(parse_declarations(block));
    for (const std::string& selector : base::split(prelude, ',')) {
      if (auto parsed = Selector::parse(base::trim(selector))) {
        rules_.push_back({std::move(*parsed), blocks_.size() - 1});
      } else {
        leave_out(base::trim(selector));
      }
    }
  }
}

void StyleSheet::add_at_rule(std::string_view prelude, std::string_view block, int depth) {
  constexpr std::string_view kMedia = "@media";
  if (base::lower(prelude.substr(0, kMedia.size())) == kMedia) {
    const Media media = match_media(prelude.substr(kMedia.size()));
    if (media == Media::kDoesNotHold) return;
    if (media == Media::kHolds && depth < kMaxNesting) return add_rules(block, depth + 1);
  }
  if (!is_harmless(prelude)) leave_out(prelude);
}

void StyleSheet::leave_out(std::string_view what) {
  if (left_out_.size() < kMaxLeftOut) left_out_.emplace_back(what);
}

std::vector<StyleSheet::Match> StyleSheet::match(const Element& element) const {
  std::vector<Match> found;
  for (const Rule& rule : rules_) {
    if (exhausted()) break;
    if (!rule.selector.matches(element, checks_)) continue;
    found.push_back({rule.selector.specificity(), &blocks_[rule.block]});
    checks_ += kDeclarationCost * blocks_[rule.block].size();  // which are gone through next
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const Match& a, const Match& b) { return a.specificity < b.specificity; });
  return found;
}

}  // namespace svgfusion::svg
