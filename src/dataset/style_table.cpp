// SPDX-License-Identifier: MIT
#include "style_table.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <unordered_map>

#include "paint_order.h"
#include "palette.h"
#include "svgfusion/base/random.h"
#include "svgfusion/base/text.h"
#include "svgfusion/icon/overlaps.h"

namespace svgfusion::dataset {
namespace {

constexpr double kMaxWidthChange = 0.05;  // of a stroke's own width

struct StyleHash {
  std::size_t operator()(const icon::Style& s) const {
    return base::mix_seed(
        {static_cast<std::uint64_t>(s.kind), s.color, static_cast<std::uint64_t>(s.width * 4096),
         static_cast<std::uint64_t>(s.cap) * 8 + static_cast<std::uint64_t>(s.join),
         static_cast<std::uint64_t>(s.miterlimit * 64)});
  }
};
using Rows = std::unordered_map<icon::Style, std::size_t, StyleHash>;

struct Counted {
  icon::Style style;
  std::int64_t icons = 0;
};

std::vector<icon::Overlap> overlaps_of(const PreparedIcon& icon) {
  if (icon.styles.size() < 2) return {};
  return icon::overlaps(icon::from_tokens(icon.tokens, icon.styles));
}

void reduce_colors(std::vector<Entry>& entries, std::size_t palette) {
  std::map<std::uint32_t, std::int64_t> weights;
  for (const Entry& entry : entries) {
    if (!entry.kept()) continue;
    std::set<std::uint32_t> colors;
    for (const icon::Style& style : entry.icon.styles) colors.insert(style.color);
    for (const std::uint32_t color : colors) ++weights[color];
  }
  const auto chosen = choose_palette(weights, palette);
  for (Entry& entry : entries) {
    if (!entry.kept()) continue;
    for (icon::Style& style : entry.icon.styles) style.color = chosen.at(style.color);
  }
}

std::vector<icon::Style> commonest(const std::vector<Entry>& entries, std::size_t max_styles) {
  std::vector<Counted> counted;
  Rows rows;
  for (const Entry& entry : entries) {
    if (!entry.kept()) continue;
    for (const icon::Style& style : entry.icon.styles) {
      const auto [it, is_new] = rows.emplace(style, counted.size());
      if (is_new) counted.push_back({style, 0});
      ++counted[it->second].icons;
    }
  }
  std::stable_sort(counted.begin(), counted.end(),
                   [](const Counted& a, const Counted& b) { return a.icons > b.icons; });
  if (counted.size() > max_styles) counted.resize(max_styles);
  std::stable_sort(counted.begin(), counted.end(),
                   [](const Counted& a, const Counted& b) { return a.style.kind < b.style.kind; });
  std::vector<icon::Style> table;
  table.reserve(counted.size());
  for (const Counted& c : counted) table.push_back(c.style);
  return table;
}

// The stroke of the table that differs in its width only, and least; the table's size when none is
// within kMaxWidthChange.
std::size_t nearest_width(const std::vector<icon::Style>& table, const icon::Style& style) {
  std::size_t best = table.size();
  double best_change = kMaxWidthChange * style.width;
  for (std::size_t row = 0; row < table.size(); ++row) {
    icon::Style same_width = table[row];
    same_width.width = style.width;
    const double change = std::abs(table[row].width - style.width);
    if (same_width != style || change > best_change) continue;
    best = row;
    best_change = change;
  }
  return best;
}

}  // namespace

std::vector<icon::Style> share_styles(std::vector<Entry>& entries, std::int64_t max_styles,
                                      std::int64_t palette) {
  if (palette > 0) reduce_colors(entries, static_cast<std::size_t>(palette));
  std::vector<icon::Style> table = commonest(entries, static_cast<std::size_t>(max_styles));
  Rows row_of;
  for (std::size_t row = 0; row < table.size(); ++row) row_of.emplace(table[row], row);
  const auto find_row = [&](const icon::Style& style) {
    const auto [it, is_new] = row_of.emplace(style, table.size());
    if (is_new) it->second = nearest_width(table, style);
    return it->second;
  };
  const auto rows_of = [&](const PreparedIcon& icon) {
    std::vector<std::size_t> rows;
    for (const icon::Style& style : icon.styles) {
      const std::size_t row = find_row(style);
      if (row == table.size()) break;
      rows.push_back(row);
    }
    return rows;
  };
  PaintOrder wanted(table.size());
  std::vector<std::vector<icon::Overlap>> overlaps(entries.size());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (!entries[i].kept()) continue;
    const std::vector<std::size_t> rows = rows_of(entries[i].icon);
    if (rows.size() < entries[i].icon.styles.size()) {
      entries[i].drop(Entry::Fate::kSkipped,
                      base::concat("has a style beyond the ", table.size(), " commonest"));
      continue;
    }
    overlaps[i] = overlaps_of(entries[i].icon);
    for (const auto& [below, above] : overlaps[i]) wanted.add(rows[below], rows[above]);
  }
  std::vector<icon::Style> ordered;
  std::vector<std::size_t> place_of(table.size());
  for (const std::size_t row : wanted.best()) {
    place_of[row] = ordered.size();
    ordered.push_back(table[row]);
  }
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (!entries[i].kept()) continue;
    PreparedIcon& icon = entries[i].icon;
    std::vector<std::size_t> rows = rows_of(icon);
    for (std::size_t& row : rows) row = place_of[row];
    const bool keeps_order = std::all_of(
        overlaps[i].begin(), overlaps[i].end(),
        [&](const icon::Overlap& overlap) { return rows[overlap.below] < rows[overlap.above]; });
    if (!keeps_order) {
      entries[i].drop(Entry::Fate::kSkipped,
                      "its colours are painted in another order than the table's");
      continue;
    }
    for (std::uint8_t& row : icon.tokens.styles) row = static_cast<std::uint8_t>(rows[row]);
    icon.styles = {};
  }
  return ordered;
}

}  // namespace svgfusion::dataset
