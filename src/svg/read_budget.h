// SPDX-License-Identifier: MIT
#pragma once

#include "svgfusion/base/error.h"
#include "svgfusion/svg/document.h"

namespace svgfusion::svg {

// What drawing a document may cost, whatever it says. Passing a limit ends the reading: what is
// beyond them is no icon. Throws base::SvgError with the place and the limit.
class ReadBudget {
 public:
  ReadBudget(std::string_view where, const ReadOptions& options)
      : where_(where), options_(options) {}

  void spend_element(const Element& at) {
    spend(at, elements_, 1, options_.max_instances, "elements");
    for (const Attribute& attribute : at.attributes) attribute_bytes_ += attribute.value.size();
    spend(at, attribute_bytes_, 0, options_.max_attribute_bytes, "bytes of attributes");
  }
  void check_rules(const Element& at, const StyleSheet& sheet) const {
    if (sheet.exhausted()) refuse(at, options_.max_rule_checks, "checks of style rules");
  }
  void spend_path_data(const Element& at, std::size_t bytes) {
    spend(at, path_bytes_, bytes, options_.max_path_bytes, "bytes of path data");
  }
  void spend_segments(const Element& at, const Path& path) {
    for (const Subpath& subpath : path.subpaths)
      spend(at, segments_, subpath.segments.size() + 1, options_.max_segments, "path segments");
  }

 private:
  void spend(const Element& at, std::size_t& spent, std::size_t more, std::size_t limit,
             const char* what) const {
    spent += more;
    if (spent > limit) refuse(at, limit, what);
  }
  [[noreturn]] void refuse(const Element& at, std::size_t limit, const char* what) const {
    throw base::SvgError(
        base::concat(where_, ":", at.line, ": draws more than ", limit, " ", what));
  }

  std::string_view where_;
  const ReadOptions& options_;
  std::size_t elements_ = 0;
  std::size_t attribute_bytes_ = 0;
  std::size_t segments_ = 0;
  std::size_t path_bytes_ = 0;
};

}  // namespace svgfusion::svg
