// SPDX-License-Identifier: MIT
#include "svgfusion/svg/css.h"

#include <algorithm>

#include "svgfusion/base/text.h"
#include "svgfusion/svg/cursor.h"

namespace svgfusion::svg {
namespace {

// Comments become a space; <!-- and --> around a sheet are dropped.
std::string without_comments(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t begin = std::min(text.find("/*"), text.size());
    out += text.substr(0, begin);
    text.remove_prefix(begin);
    if (text.empty()) break;
    const std::size_t end = text.find("*/", 2);
    out += ' ';
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 2);
  }
  for (const std::string_view mark : {"<!--", "-->"}) {
    for (std::size_t at; (at = out.find(mark)) != std::string::npos;) out.erase(at, mark.size());
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

const Element* previous_sibling(const Element& element) {
  if (element.parent == nullptr) return nullptr;
  const Element* previous = nullptr;
  for (const auto& sibling : element.parent->children) {
    if (sibling.get() == &element) return previous;
    previous = sibling.get();
  }
  return nullptr;
}

bool has_word(std::string_view list, std::string_view word) {
  Cursor cursor(list);
  while (!cursor.at_end()) {
    cursor.skip_space();
    const std::size_t begin = cursor.position();
    while (!cursor.at_end() && !Cursor::is_space(cursor.peek())) cursor.advance();
    if (!word.empty() && cursor.since(begin) == word) return true;
  }
  return false;
}

}  // namespace

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

void StyleSheet::add(std::string_view given) {
  texts_.push_back(std::make_unique<std::string>(without_comments(given)));
  std::string_view text = *texts_.back();
  while (true) {
    text = base::trim(text);
    if (text.empty()) return;
    const std::size_t open = text.find_first_of("{;");
    if (open == std::string_view::npos) return;
    const bool is_at_rule = text.front() == '@';
    if (text[open] == ';') {  // "@import …;" and strays; nothing is ever loaded
      text.remove_prefix(open + 1);
      continue;
    }
    std::size_t close = open + 1;
    for (int depth = 1; close < text.size(); ++close) {
      if (text[close] == '{') ++depth;
      if (text[close] == '}' && --depth == 0) break;
    }
    const std::string_view prelude = text.substr(0, open);
    const std::string_view block = text.substr(open + 1, std::min(close, text.size()) - open - 1);
    text.remove_prefix(std::min(close + 1, text.size()));
    if (is_at_rule) continue;
    blocks_.push_back(parse_declarations(block));
    for (const std::string& selector : base::split(prelude, ',')) {
      Rule rule;
      rule.block = blocks_.size() - 1;
      if (parse_selector(base::trim(selector), rule)) rules_.push_back(std::move(rule));
    }
  }
}

// "[name]", "[name=value]", "[name~=value]" and the like; the bracket is already taken.
bool StyleSheet::parse_attribute(Cursor& cursor, Condition& condition) {
  condition.name = cursor.identifier();
  if (cursor.take(']')) return true;
  condition.operation = '=';
  if (!cursor.take('=')) {
    condition.operation = cursor.peek();
    cursor.advance();
    if (!cursor.take('=')) return false;
  }
  const char quote = cursor.peek();
  if (quote == '"' || quote == '\'') {
    cursor.advance();
    const std::size_t begin = cursor.position();
    while (!cursor.at_end() && cursor.peek() != quote) cursor.advance();
    condition.value = cursor.since(begin);
    cursor.advance();
  } else {
    condition.value = cursor.identifier();
  }
  return cursor.take(']');
}

// One compound selector; false when there is none or it is not understood.
bool StyleSheet::parse_compound(Cursor& cursor, Compound& compound, std::uint32_t& specificity) {
  constexpr std::uint32_t kType = 1, kClass = 256, kId = 256 * 256;
  bool any = cursor.take('*');
  const auto add = [&](Condition condition, std::uint32_t weight) {
    compound.conditions.push_back(std::move(condition));
    specificity += weight;
  };
  if (const std::string_view type = cursor.identifier(); !type.empty()) {
    add({Condition::Kind::kType, std::string(type)}, kType);
  }
  while (true) {
    if (cursor.take('#')) {
      add({Condition::Kind::kId, std::string(cursor.identifier())}, kId);
    } else if (cursor.take('.')) {
      add({Condition::Kind::kClass, std::string(cursor.identifier())}, kClass);
    } else if (cursor.take('[')) {
      Condition condition{Condition::Kind::kAttribute, {}};
      if (!parse_attribute(cursor, condition)) return false;
      add(std::move(condition), kClass);
    } else if (cursor.take(":first-child")) {
      add({Condition::Kind::kFirstChild, {}}, kClass);
    } else {
      return any || !compound.conditions.empty();
    }
  }
}

bool StyleSheet::parse_selector(std::string_view text, Rule& rule) {
  Cursor cursor(text);
  char combinator = ' ';
  while (!cursor.at_end()) {
    Compound compound;
    compound.combinator = combinator;
    if (!parse_compound(cursor, compound, rule.specificity)) return false;
    rule.selector.push_back(std::move(compound));
    const bool space = Cursor::is_space(cursor.peek());
    cursor.skip_space();
    if (cursor.at_end()) break;
    combinator = cursor.peek();
    if (combinator == '>' || combinator == '+') {
      cursor.advance();
    } else if (space) {
      combinator = ' ';
    } else {
      return false;
    }
    cursor.skip_space();
  }
  return !rule.selector.empty();
}

bool StyleSheet::holds(const Condition& condition, const Element& element) {
  switch (condition.kind) {
    case Condition::Kind::kType:
      return element.name == condition.name;
    case Condition::Kind::kFirstChild:
      return element.parent != nullptr && previous_sibling(element) == nullptr;
    default:
      break;
  }
  std::string_view attribute = condition.name;
  if (condition.kind == Condition::Kind::kId) attribute = "id";
  if (condition.kind == Condition::Kind::kClass) attribute = "class";
  const std::string_view* value = element.find(attribute);
  if (value == nullptr) return false;
  if (condition.kind == Condition::Kind::kId) return *value == condition.name;
  if (condition.kind == Condition::Kind::kClass) return has_word(*value, condition.name);
  const std::string& wanted = condition.value;
  switch (condition.operation) {
    case '\0':
      return true;
    case '=':
      return *value == wanted;
    case '~':
      return has_word(*value, wanted);
    case '|':
      return *value == wanted || value->starts_with(wanted + "-");
    case '^':
      return !wanted.empty() && value->starts_with(wanted);
    case '$':
      return !wanted.empty() && value->ends_with(wanted);
    case '*':
      return !wanted.empty() && value->find(wanted) != std::string::npos;
    default:
      return false;
  }
}

// Whether selector[0..last] matches with its last compound on `element`.
bool StyleSheet::matches(const Rule& rule, std::size_t last, const Element& element) {
  const Compound& compound = rule.selector[last];
  for (const Condition& condition : compound.conditions) {
    if (!holds(condition, element)) return false;
  }
  if (last == 0) return true;
  if (compound.combinator == '+') {
    const Element* previous = previous_sibling(element);
    return previous != nullptr && matches(rule, last - 1, *previous);
  }
  for (const Element* up = element.parent; up != nullptr; up = up->parent) {
    if (matches(rule, last - 1, *up)) return true;
    if (compound.combinator == '>') return false;
  }
  return false;
}

std::vector<StyleSheet::Match> StyleSheet::match(const Element& element) const {
  std::vector<Match> found;
  for (const Rule& rule : rules_) {
    if (matches(rule, rule.selector.size() - 1, element)) {
      found.push_back({rule.specificity, &blocks_[rule.block]});
    }
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const Match& a, const Match& b) { return a.specificity < b.specificity; });
  return found;
}

}  // namespace svgfusion::svg
