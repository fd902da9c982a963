// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>

#include "svgfusion/svg/css.h"
#include "svgfusion/svg/xml.h"

namespace svgfusion::svg {

// What references need: elements by id (the first wins), and the file's style sheets.
class TreeIndex {
 public:
  TreeIndex(const Element& root, std::size_t max_rule_checks) : sheet_(max_rule_checks) {
    add(root);
  }

  const Element* find(std::string_view id) const {
    const auto it = by_id_.find(id);
    return id.empty() || it == by_id_.end() ? nullptr : it->second;
  }
  // What href="#id" of the element refers to; nullptr for any other href.
  const Element* target_of(const Element& element) const {
    const std::string_view* href = element.find("href");
    return href != nullptr && href->starts_with("#") ? find(href->substr(1)) : nullptr;
  }
  const StyleSheet& sheet() const { return sheet_; }

 private:
  void add(const Element& element) {
    if (const std::string_view* id = element.find("id")) by_id_.emplace(*id, &element);
    if (element.name == "style") {
      const std::string_view* type = element.find("type");
      const std::string_view* media = element.find("media");
      if ((type == nullptr || type->empty() || *type == "text/css") &&
          (media == nullptr || match_media(*media) == Media::kHolds))
        sheet_.add(element.text);
    }
    for (const Element* child : element.children) add(*child);
  }

  std::map<std::string_view, const Element*> by_id_;
  StyleSheet sheet_;
};

}  // namespace svgfusion::svg
