// SPDX-License-Identifier: MIT
#include "final_state.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "element_kinds.h"
#include "svgfusion/base/text.h"
#include "svgfusion/svg/cursor.h"

namespace svgfusion::svg {
namespace {

std::string_view text_of(const Element& element, std::string_view attribute) {
  const std::string_view* text = element.find(attribute);
  return text == nullptr ? std::string_view() : base::trim(*text);
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// When it begins, in seconds; unset where it waits for a user or a program. One that waits for
// another animation counts as begun, unless it begins again and again.
std::optional<double> begin_of(const Element& animation) {
  const std::string_view text = text_of(animation, "begin");
  if (text.empty()) return 0;
  Cursor cursor(text);
  if (const auto value = cursor.number()) {
    const std::string_view unit = cursor.identifier();
    return unit == "ms" ? *value / 1000 : unit == "min" ? *value * 60 : *value;
  }
  return contains(text, ".end") || contains(text, ".begin") ? std::optional(0.0) : std::nullopt;
}

bool ends(const Element& animation) {
  const std::string_view duration = text_of(animation, "dur");
  if (animation.name != "set" && (duration.empty() || duration == "indefinite")) return false;
  if (text_of(animation, "repeatCount") == "indefinite" ||
      text_of(animation, "repeatDur") == "indefinite")
    return false;
  const std::string_view begin = text_of(animation, "begin");
  const bool begins_again =
      contains(begin, ";") && (contains(begin, ".end") || contains(begin, ".begin"));
  return !begins_again;
}

bool is_frozen(const Element& animation) {
  const std::string_view duration = text_of(animation, "dur");
  const bool lasts = animation.name == "set" && (duration.empty() || duration == "indefinite");
  return lasts || text_of(animation, "fill") == "freeze";
}

std::optional<std::string_view> last_value(const Element& animation) {
  std::string_view values = text_of(animation, "values");
  while (values.ends_with(";")) values = base::trim(values.substr(0, values.size() - 1));
  if (!values.empty()) {
    const std::size_t before = values.rfind(';');
    return before == std::string_view::npos ? values : base::trim(values.substr(before + 1));
  }
  if (animation.find("to") != nullptr) return text_of(animation, "to");
  return std::nullopt;
}

void set_attribute(Element& element, std::string_view name, std::string_view value) {
  for (Attribute& attribute : element.attributes) {
    if (attribute.name != name) continue;
    attribute.value = value;
    return;
  }
  element.attributes.push_back({name, value});
}

struct FinalValue {
  double begin;
  std::string_view attribute;
  std::string_view value;
};

// Whether the animation leaves no trace, or leaves one that `out` then holds.
bool comes_to_rest(const Element& animation, std::vector<FinalValue>& out) {
  const auto begin = begin_of(animation);
  if (!begin) return true;  // never begins by itself
  if (!ends(animation)) return false;
  if (!is_frozen(animation)) return true;
  const auto value = last_value(animation);
  const std::string_view attribute = text_of(animation, "attributeName");
  if (animation.name == "animateTransform" || animation.name == "animateMotion" || !value ||
      attribute.empty() || animation.find("href") != nullptr ||
      text_of(animation, "additive") == "sum" || text_of(animation, "accumulate") == "sum")
    return false;
  out.push_back({*begin, attribute, *value});
  return true;
}

}  // namespace

void apply_final_states(Element& element) {
  std::vector<FinalValue> values;
  for (Element* child : element.children) {
    if (!is_animation(child->name)) {
      apply_final_states(*child);
    } else if (comes_to_rest(*child, values)) {
      child->name = {};  // as an element of another namespace: it keeps its place, nobody draws it
    }
  }
  std::stable_sort(values.begin(), values.end(),
                   [](const FinalValue& a, const FinalValue& b) { return a.begin < b.begin; });
  for (const FinalValue& value : values) set_attribute(element, value.attribute, value.value);
}

}  // namespace svgfusion::svg
