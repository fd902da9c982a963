// SPDX-License-Identifier: MIT
// What an element says of each property, and which of several sayings counts.
#include <algorithm>

#include "style_values.h"
#include "svgfusion/base/text.h"
#include "svgfusion/svg/style.h"

namespace svgfusion::svg {
namespace {

// In the order of the enum, which is alphabetical.
constexpr std::array<std::string_view, static_cast<std::size_t>(Property::kCount)> kPropertyNames{
    "clip-path",
    "clip-rule",
    "color",
    "color-interpolation",
    "cx",
    "cy",
    "d",
    "display",
    "fill",
    "fill-opacity",
    "fill-rule",
    "filter",
    "font-size",
    "height",
    "marker-end",
    "marker-mid",
    "marker-start",
    "mask",
    "mask-type",
    "opacity",
    "overflow",
    "paint-order",
    "r",
    "rx",
    "ry",
    "shape-rendering",
    "stop-color",
    "stop-opacity",
    "stroke",
    "stroke-dasharray",
    "stroke-dashoffset",
    "stroke-linecap",
    "stroke-linejoin",
    "stroke-miterlimit",
    "stroke-opacity",
    "stroke-width",
    "transform",
    "transform-box",
    "transform-origin",
    "vector-effect",
    "visibility",
    "width",
    "x",
    "y"};
static_assert(std::is_sorted(kPropertyNames.begin(), kPropertyNames.end()));

constexpr std::uint32_t kStyleAttributeLevel = UINT32_MAX;

// Properties that move or mix what is drawn and that are not applied.
bool would_change_the_picture(std::string_view name, std::string_view value, bool is_root) {
  if (name.starts_with("--")) return true;  // a value that var() elsewhere asks for
  if (value == "none" || value == "normal") return false;
  if (name == "content-visibility") return value == "hidden";
  if (name == "zoom" || name == "scale") return value != "1";  // "zoom: 1" is for old viewers
  if (is_root && (name == "background" || name == "background-color"))
    return value != "transparent";
  constexpr std::array<std::string_view, 8> kNames{
      "all",    "mask-image", "mix-blend-mode", "offset-path",
      "rotate", "translate",  "-webkit-mask",   "-webkit-mask-image"};
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

// Of what acts on an element as a whole; no element has it from its parent without asking.
constexpr std::array kNotInherited{
    Property::kClipPath,     Property::kFilter,          Property::kMask,
    Property::kMaskType,     Property::kOpacity,         Property::kOverflow,
    Property::kStopColor,    Property::kStopOpacity,     Property::kTransform,
    Property::kTransformBox, Property::kTransformOrigin, Property::kVectorEffect};

}  // namespace

Declared::Declared(const Element& element, const StyleSheet& sheet)
    : is_root_(element.parent == nullptr) {
  std::string_view style_attribute;
  for (const Attribute& attribute : element.attributes) {
    if (attribute.name == "style") {
      style_attribute = attribute.value;
    } else {
      put(attribute.name, without_variables(base::trim(attribute.value)), {});
    }
  }
  if (!sheet.empty()) {
    for (const StyleSheet::Match& match : sheet.match(element)) {
      for (const Declaration& d : *match.declarations) put(d, 1 + match.specificity);
    }
  }
  for (const Declaration& d : parse_declarations(style_attribute)) put(d, kStyleAttributeLevel);
  // Beside one that older viewers understand it is no loss.
  if (foreign_ && values_[foreign_->first].empty())
    left_out_ = base::concat(kPropertyNames[foreign_->first], ": ", foreign_->second);
  if (has_keywords_) resolve_keywords(element, sheet);
}

// CSS Cascade 4 §7.3: what is inherited anyway is resolved with its computed value.
void Declared::resolve_keywords(const Element& element, const StyleSheet& sheet) {
  std::optional<Declared> parent;
  for (const Property property : kNotInherited) {
    const auto index = static_cast<std::size_t>(property);
    std::string_view& value = values_[index];
    const bool is_attribute = property == Property::kTransform && !is_from_css(property);
    if (!is_for_all(value) || is_attribute) continue;
    const bool asks_parent = is_keyword(value, "inherit") && element.parent != nullptr;
    if (asks_parent && !parent) parent.emplace(*element.parent, sheet);
    // SVG has an origin of its own, in the style sheet that viewers bring (SVG 2 §8.5).
    const bool asks_css =
        property == Property::kTransformOrigin && !asks_parent && !is_keyword(value, "revert");
    value = asks_parent ? (*parent)[property] : asks_css ? "50% 50%" : std::string_view();
    if (asks_parent) priorities_[index] = parent->priorities_[index];
  }
}

void Declared::put(const Declaration& declaration, std::uint32_t level) {
  const std::string name = base::lower(declaration.name);
  const std::string_view value = without_variables(declaration.value);
  if (would_change_the_picture(name, value, is_root_)) left_out_ = declaration.name;
  if (!value.empty()) put(name, value, {declaration.important, level});
}

void Declared::put(std::string_view name, std::string_view value, Priority priority) {
  if (name == "marker") {
    for (const std::string_view part : {"marker-start", "marker-mid", "marker-end"}) {
      put(part, value, priority);
    }
    return;
  }
  const auto it = std::lower_bound(kPropertyNames.begin(), kPropertyNames.end(), name);
  if (it == kPropertyNames.end() || *it != name) return;
  if (is_beyond_the_file(value)) left_out_ = base::concat(name, ": ", value);
  const auto index = static_cast<std::size_t>(it - kPropertyNames.begin());
  Priority& current = priorities_[index];
  const bool wins = priority.important != current.important ? priority.important
                                                            : priority.level >= current.level;
  if (!wins && !values_[index].empty()) return;
  if (priority.level > 0 && !is_understood(static_cast<Property>(index), value)) {
    if (is_foreign_paint(value)) foreign_ = {index, value};
    return;
  }
  values_[index] = value;
  has_keywords_ = has_keywords_ || is_for_all(value);
  current = priority;
}

}  // namespace svgfusion::svg
