// SPDX-License-Identifier: MIT
#include "style_table.h"

#include <algorithm>

#include "svgfusion/base/text.h"

namespace svgfusion::dataset {
namespace {

struct Counted {
  icon::Style style;
  std::int64_t icons = 0;
};

std::size_t find(const std::vector<icon::Style>& table, const icon::Style& style) {
  return static_cast<std::size_t>(std::find(table.begin(), table.end(), style) - table.begin());
}

// Whether painting by table rows keeps the icon's own order wherever colours differ.
bool keeps_order(const std::vector<icon::Style>& styles, const std::vector<std::size_t>& rows) {
  for (std::size_t i = 0; i + 1 < rows.size(); ++i) {
    for (std::size_t j = i + 1; j < rows.size(); ++j) {
      if (styles[i].color != styles[j].color && rows[i] > rows[j]) return false;
    }
  }
  return true;
}

}  // namespace

std::vector<icon::Style> share_styles(std::vector<PreparedIcon>& icons, std::int64_t max_styles) {
  std::vector<Counted> counted;
  for (const PreparedIcon& icon : icons) {
    if (!icon.skip_reason.empty()) continue;
    for (const icon::Style& style : icon.styles) {
      auto it = std::find_if(counted.begin(), counted.end(),
                             [&](const Counted& c) { return c.style == style; });
      if (it == counted.end()) it = counted.insert(counted.end(), {style, 0});
      ++it->icons;
    }
  }
  std::stable_sort(counted.begin(), counted.end(),
                   [](const Counted& a, const Counted& b) { return a.icons > b.icons; });
  if (counted.size() > static_cast<std::size_t>(max_styles))
    counted.resize(static_cast<std::size_t>(max_styles));
  std::stable_sort(counted.begin(), counted.end(),
                   [](const Counted& a, const Counted& b) { return a.style.kind < b.style.kind; });
  std::vector<icon::Style> table;
  table.reserve(counted.size());
  for (const Counted& c : counted) table.push_back(c.style);

  for (PreparedIcon& icon : icons) {
    if (!icon.skip_reason.empty()) continue;
    std::vector<std::size_t> rows;
    for (const icon::Style& style : icon.styles) rows.push_back(find(table, style));
    if (std::find(rows.begin(), rows.end(), table.size()) != rows.end()) {
      icon.skip_reason = base::concat("has a style beyond the ", table.size(), " commonest");
    } else if (!keeps_order(icon.styles, rows)) {
      icon.skip_reason = "its colours are painted in another order than the table's";
    } else {
      for (std::uint8_t& row : icon.tokens.styles) row = static_cast<std::uint8_t>(rows[row]);
    }
  }
  return table;
}

}  // namespace svgfusion::dataset
