// SPDX-License-Identifier: MIT
#include "style_table.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <optional>
#include <set>
#include <unordered_map>

#include "paint_order.h"
#include "palette.h"
#include "svgfusion/base/random.h"
#include "svgfusion/base/signals.h"
#include "svgfusion/base/text.h"
#include "svgfusion/icon/overlaps.h"
#include "svgfusion/icon/repaint.h"
#include "workers.h"

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

class StyleSharer {
 public:
  StyleSharer(std::vector<Entry>& entries, const DataConfig& data, int jobs)
      : entries_(entries), data_(data), jobs_(jobs), overlaps_(entries.size()) {}

  std::vector<icon::Style> run() {
    if (data_.palette > 0) reduce_colors(entries_, static_cast<std::size_t>(data_.palette));
    table_ = commonest(entries_, static_cast<std::size_t>(data_.max_styles));
    number_rows();
    for_each_kept([&](std::size_t i) { look_for_overlaps(i); });
    put_in_order();
    for_each_kept([&](std::size_t i) { point_into_table(i); });
    return std::move(table_);
  }

 private:
  // On all threads, in any order.
  template <class Visit>
  void for_each_kept(const Visit& visit) {
    std::atomic<std::size_t> next = 0;
    run_in_parallel(jobs_, [&](const std::atomic<bool>& has_failed) {
      for (std::size_t i = next++; i < entries_.size() && !has_failed; i = next++) {
        base::throw_if_stopped("svgfusion-prepare");
        if (entries_[i].kept()) visit(i);
      }
    });
  }

  void number_rows() {
    rows_.clear();
    for (std::size_t row = 0; row < table_.size(); ++row) rows_.emplace(table_[row], row);
  }

  std::size_t row_of(const icon::Style& style) const {
    const auto found = rows_.find(style);
    return found == rows_.end() ? nearest_width(table_, style) : found->second;
  }

  // Unset, and the entry dropped, when the table lacks one.
  std::optional<std::vector<std::size_t>> rows_of(const std::vector<icon::Style>& styles,
                                                  Entry& entry) const {
    std::vector<std::size_t> rows;
    for (const icon::Style& style : styles) {
      const std::size_t row = row_of(style);
      if (row == table_.size()) {
        entry.drop(Entry::Fate::kSkipped,
                   base::concat("has a style beyond the ", table_.size(), " commonest"));
        return std::nullopt;
      }
      rows.push_back(row);
    }
    return rows;
  }

  void look_for_overlaps(std::size_t i) {
    const auto rows = rows_of(entries_[i].icon.styles, entries_[i]);
    if (rows) overlaps_[i] = overlaps_of(entries_[i].icon);
  }

  void put_in_order() {
    PaintOrder wanted(table_.size());
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      const std::vector<icon::Style>& styles = entries_[i].icon.styles;
      for (const auto& [below, above] : overlaps_[i])
        wanted.add(row_of(styles[below]), row_of(styles[above]));
    }
    std::vector<icon::Style> ordered;
    for (const std::size_t row : wanted.best()) ordered.push_back(table_[row]);
    table_ = std::move(ordered);
    number_rows();
  }

  void point_into_table(std::size_t i) {
    Entry& entry = entries_[i];
    const std::vector<std::size_t> rows = *rows_of(entry.icon.styles, entry);
    const bool keeps_order = std::all_of(
        overlaps_[i].begin(), overlaps_[i].end(),
        [&](const icon::Overlap& overlap) { return rows[overlap.below] < rows[overlap.above]; });
    keeps_order ? set_rows(entry.icon, rows) : repaint(entry, rows);
  }

  // Contours that start at one point are ordered by their row.
  void set_rows(PreparedIcon& icon, const std::vector<std::size_t>& rows) const {
    for (std::uint8_t& row : icon.tokens.styles) row = static_cast<std::uint8_t>(rows[row]);
    icon.styles = {};
    if (!std::is_sorted(rows.begin(), rows.end()))
      icon.tokens = icon::to_tokens(icon::from_tokens(icon.tokens, table_), icon.tokens.grid);
  }

  // In the table's order of painting, and where it has one colour for several, as one layer.
  void repaint(Entry& entry, const std::vector<std::size_t>& rows) const {
    PreparedIcon& icon = entry.icon;
    std::vector<icon::Style> styles;
    styles.reserve(rows.size());
    for (const std::size_t row : rows) styles.push_back(table_[row]);
    icon::Repainted painted =
        icon::repaint(icon::from_tokens(icon.tokens, icon.styles), styles,
                      [&](const icon::Style& style) { return row_of(style); });
    std::string reason = std::move(painted.reason);
    if (reason.empty()) {
      icon::simplify(painted.icon, data_.simplify);
      icon.styles = painted.icon.styles;
      icon.tokens = icon::to_tokens(std::move(painted.icon), icon.tokens.grid);
      reason = icon::over_limits(icon.tokens, data_.limits);
    }
    if (!reason.empty()) {
      entry.drop(Entry::Fate::kSkipped, std::move(reason));
      return;
    }
    if (const auto new_rows = rows_of(icon.styles, entry)) set_rows(icon, *new_rows);
  }

  std::vector<Entry>& entries_;
  const DataConfig& data_;
  int jobs_;
  std::vector<icon::Style> table_;
  Rows rows_;
  std::vector<std::vector<icon::Overlap>> overlaps_;  // an entry
};

}  // namespace

std::vector<icon::Style> share_styles(std::vector<Entry>& entries, const DataConfig& data,
                                      int jobs) {
  return StyleSharer(entries, data, jobs).run();
}

}  // namespace svgfusion::dataset
