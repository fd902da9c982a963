// SPDX-License-Identifier: MIT
#include "svgfusion/svg/selector.h"

#include <algorithm>
#include <array>

#include "svgfusion/base/text.h"

namespace svgfusion::svg {
namespace {

constexpr int kMaxNots = 4;  // of :not() in :not()
constexpr std::uint32_t kTypeWeight = 1, kClassWeight = 256, kIdWeight = 256 * 256;

// Pseudo-classes that hold for nothing in a picture that nobody touches.
constexpr std::array<std::string_view, 12> kNeverHeld{
    "active",   "any-link", "checked", "focus", "focus-visible", "focus-within",
    "disabled", "enabled",  "hover",   "link",  "target",        "visited"};

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

std::optional<int> take_integer(Cursor& cursor) {
  int sign = 1;
  if (cursor.take('-')) {
    sign = -1;
  } else {
    cursor.take('+');
  }
  if (!Cursor::is_digit(cursor.peek())) return std::nullopt;
  int value = 0;
  while (Cursor::is_digit(cursor.peek()) && value < 100'000) {
    value = 10 * value + (cursor.peek() - '0');
    cursor.advance();
  }
  return sign * value;
}

}  // namespace

std::optional<Selector> Selector::parse(std::string_view text) {
  Selector selector;
  Cursor cursor(text);
  char combinator = ' ';
  while (!cursor.at_end()) {
    auto compound = parse_compound(cursor, selector.specificity_);
    if (!compound) return std::nullopt;
    compound->combinator = combinator;
    selector.compounds_.push_back(std::move(*compound));
    const bool space = Cursor::is_space(cursor.peek());
    cursor.skip_space();
    if (cursor.at_end()) break;
    combinator = cursor.peek();
    if (combinator == '>' || combinator == '+' || combinator == '~') {
      cursor.advance();
      if (base::trim(cursor.rest()).empty()) return std::nullopt;
    } else if (space) {
      combinator = ' ';
    } else {
      return std::nullopt;
    }
    cursor.skip_space();
  }
  if (selector.compounds_.empty()) return std::nullopt;
  return selector;
}

// Unset when there is none or it is not understood.
std::optional<Selector::Compound> Selector::parse_compound(Cursor& cursor,
                                                           std::uint32_t& specificity, int depth) {
  Compound compound;
  const auto add = [&](Condition condition, std::uint32_t weight) {
    compound.conditions.push_back(std::move(condition));
    specificity += weight;
  };
  const std::size_t begin = cursor.position();
  const auto take_type = [&] {
    if (cursor.take('*')) return std::string_view();
    return cursor.identifier();
  };
  std::string_view type = take_type();
  // "*|name" and "|name"; what a named prefix stands for is not known here.
  if (type.empty() && cursor.peek() == '|') {
    cursor.advance();
    type = take_type();
  }
  if (!type.empty()) add({Condition::Kind::kType, std::string(type)}, kTypeWeight);
  while (true) {
    if (cursor.take('#')) {
      add({Condition::Kind::kId, std::string(cursor.identifier())}, kIdWeight);
    } else if (cursor.take('.')) {
      add({Condition::Kind::kClass, std::string(cursor.identifier())}, kClassWeight);
    } else if (cursor.take('[')) {
      Condition condition{Condition::Kind::kAttribute, {}};
      if (!parse_attribute(cursor, condition)) return std::nullopt;
      add(std::move(condition), kClassWeight);
    } else if (cursor.take(':')) {
      if (!parse_pseudo(cursor, compound, specificity, depth)) return std::nullopt;
    } else {
      if (cursor.position() == begin) return std::nullopt;
      return compound;
    }
  }
}

// "[name]", "[name=value]", "[name~=value]" and the like; the bracket is already taken.
bool Selector::parse_attribute(Cursor& cursor, Condition& condition) {
  condition.name = cursor.identifier();
  if (cursor.take(']')) return true;
  condition.operation = '=';
  if (!cursor.take('=')) {
    constexpr std::string_view kOperations = "~|^$*";
    condition.operation = cursor.peek();
    if (kOperations.find(condition.operation) == std::string_view::npos) return false;
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

// "odd)", "even)", "3)", "2n+1)", "-n + 3)"; the opening bracket is already taken.
bool Selector::parse_nth(Cursor& cursor, Condition& condition) {
  cursor.skip_space();
  if (cursor.take("odd")) {
    condition.step = 2;
  } else if (cursor.take("even")) {
    condition.step = 2;
    condition.offset = 0;
  } else {
    const std::size_t begin = cursor.position();
    auto first = take_integer(cursor);
    if (!first && cursor.peek() == 'n') first = cursor.since(begin) == "-" ? -1 : 1;
    if (!first) return false;
    if (cursor.take('n')) {
      condition.step = *first;
      condition.offset = 0;
      cursor.skip_space();
      if (const char sign = cursor.peek(); sign == '+' || sign == '-') {
        cursor.advance();
        cursor.skip_space();
        const auto offset = take_integer(cursor);
        if (!offset) return false;
        condition.offset = sign == '-' ? -*offset : *offset;
      }
    } else {
      condition.offset = *first;
    }
  }
  cursor.skip_space();
  return cursor.take(')');
}

// What follows a colon.
bool Selector::parse_pseudo(Cursor& cursor, Compound& compound, std::uint32_t& specificity,
                            int depth) {
  const bool is_element = cursor.take(':');
  const std::string name = base::lower(cursor.identifier());
  if (name.empty()) return false;
  const auto add = [&](Condition condition) {
    compound.conditions.push_back(std::move(condition));
    return true;
  };
  if (is_element) return add({Condition::Kind::kNever, {}});
  if (name == "not") {
    if (depth == kMaxNots || !cursor.take('(')) return false;
    cursor.skip_space();
    auto inner = parse_compound(cursor, specificity, depth + 1);  // counts as it does alone (§17)
    cursor.skip_space();
    if (!inner || !cursor.take(')')) return false;
    Condition condition{Condition::Kind::kNot, {}};
    condition.inner = std::move(inner->conditions);
    return add(std::move(condition));
  }
  specificity += kClassWeight;
  if (name == "root") return add({Condition::Kind::kRoot, {}});
  if (name == "first-child") return add({Condition::Kind::kNth, {}});
  if (name == "last-child") return add({Condition::Kind::kLastChild, {}});
  if (name == "only-child")
    return add({Condition::Kind::kNth, {}}) && add({Condition::Kind::kLastChild, {}});
  if (name == "nth-child") {
    Condition condition{Condition::Kind::kNth, {}};
    return cursor.take('(') && parse_nth(cursor, condition) && add(std::move(condition));
  }
  const bool never = std::find(kNeverHeld.begin(), kNeverHeld.end(), name) != kNeverHeld.end();
  return never && add({Condition::Kind::kNever, {}});
}

bool Selector::holds(const Condition& condition, const Element& element) {
  switch (condition.kind) {
    case Condition::Kind::kType:
      return element.name == condition.name;
    case Condition::Kind::kRoot:
      return element.parent == nullptr;
    case Condition::Kind::kNth: {  // the root is a first and last child too (Selectors 4)
      const int beyond = static_cast<int>(element.place) + 1 - condition.offset;
      if (condition.step == 0) return beyond == 0;
      return beyond % condition.step == 0 && beyond / condition.step >= 0;
    }
    case Condition::Kind::kLastChild:
      return element.parent == nullptr || element.parent->children.back() == &element;
    case Condition::Kind::kNot:
      return !std::all_of(condition.inner.begin(), condition.inner.end(),
                          [&](const Condition& inner) { return holds(inner, element); });
    case Condition::Kind::kNever:
      return false;
    default:
      return attribute_holds(condition, element);
  }
}

bool Selector::attribute_holds(const Condition& condition, const Element& element) {
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

Selector::Outcome Selector::match(std::size_t last, const Element& element,
                                  std::size_t& checks) const {
  ++checks;
  const Compound& compound = compounds_[last];
  for (const Condition& condition : compound.conditions) {
    if (!holds(condition, element)) return Outcome::kNotHere;
  }
  if (last == 0) return Outcome::kMatch;
  const Element* parent = element.parent;
  switch (compound.combinator) {
    case '+':
      if (element.place == 0) return Outcome::kNoSibling;
      return match(last - 1, *parent->children[element.place - 1], checks);
    case '~':
      for (std::size_t place = element.place; place-- > 0;) {
        const Outcome outcome = match(last - 1, *parent->children[place], checks);
        if (outcome != Outcome::kNotHere) return outcome;
      }
      return Outcome::kNoSibling;
    case '>': {
      if (parent == nullptr) return Outcome::kNoAncestor;
      const Outcome outcome = match(last - 1, *parent, checks);
      return outcome == Outcome::kNoSibling ? Outcome::kNotHere : outcome;
    }
    default:
      for (; parent != nullptr; parent = parent->parent) {
        const Outcome outcome = match(last - 1, *parent, checks);
        if (outcome == Outcome::kMatch || outcome == Outcome::kNoAncestor) return outcome;
      }
      return Outcome::kNoAncestor;
  }
}

}  // namespace svgfusion::svg
