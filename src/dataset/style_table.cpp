// SPDX-License-Identifier: MIT
#include "style_table.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>
#include <unordered_map>

#include "palette.h"
#include "svgfusion/base/random.h"
#include "svgfusion/base/text.h"

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

// Those that matter: colours may have become one in the palette.
template <class Visit>
void for_each_overlap(const Entry& entry, const Visit& visit) {
  const std::vector<icon::Style>& styles = entry.icon.styles;
  for (const auto& [below, above] : entry.overlaps) {
    if (styles[below].color >> 8 != styles[above].color >> 8) visit(below, above);
  }
}

// Whether painting by table rows keeps the icon's own order wherever colours lie on each other.
bool keeps_order(const Entry& entry, const std::vector<std::size_t>& rows) {
  bool keeps = true;
  for_each_overlap(entry, [&](std::uint8_t below, std::uint8_t above) {
    keeps = keeps && rows[below] <= rows[above];
  });
  return keeps;
}

// How many icons have one row of the table below another of a different colour.
class Precedence {
 public:
  explicit Precedence(std::size_t rows) : rows_(rows), icons_(rows * rows, 0) {}
  void add(const Entry& entry, const std::vector<std::size_t>& rows) {
    for_each_overlap(entry, [&](std::uint8_t below, std::uint8_t above) {
      ++icons_[rows[below] * rows_ + rows[above]];
    });
  }

  // The rows in an order that few icons are against: each in turn moves to where fewest are, until
  // none moves. (To find the best order is the feedback arc set problem, which is NP-hard.)
  std::vector<std::size_t> order() const {
    std::vector<std::size_t> order(rows_);
    std::iota(order.begin(), order.end(), std::size_t{0});
    for (bool has_moved = true; has_moved;) {
      has_moved = false;
      for (std::size_t from = 0; from < rows_; ++from) {
        const std::size_t to = best_place(order, from);
        if (to == from) continue;
        const std::size_t row = order[from];
        order.erase(order.begin() + static_cast<std::ptrdiff_t>(from));
        order.insert(order.begin() + static_cast<std::ptrdiff_t>(to), row);
        has_moved = true;
      }
    }
    return order;
  }

 private:
  // What it costs to have `low` below `high` rather than above.
  std::int64_t cost(std::size_t low, std::size_t high) const {
    return icons_[high * rows_ + low] - icons_[low * rows_ + high];
  }
  std::size_t best_place(const std::vector<std::size_t>& order, std::size_t from) const {
    std::size_t best = from;
    std::int64_t least = 0;
    std::int64_t change = 0;
    const auto consider = [&](std::size_t place) {
      if (change >= least) return;
      least = change;
      best = place;
    };
    for (std::size_t place = from; place-- > 0;) {
      change += cost(order[from], order[place]);
      consider(place);
    }
    change = 0;
    for (std::size_t place = from + 1; place < rows_; ++place) {
      change += cost(order[place], order[from]);
      consider(place);
    }
    return best;
  }

  std::size_t rows_;
  std::vector<std::int64_t> icons_;
};

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
  Precedence precedence(table.size());
  for (Entry& entry : entries) {
    if (!entry.kept()) continue;
    const std::vector<std::size_t> rows = rows_of(entry.icon);
    if (rows.size() == entry.icon.styles.size()) {
      entry.overlaps = overlaps_of(entry.icon);
      precedence.add(entry, rows);
    } else {
      entry.drop(Entry::Fate::kSkipped,
                 base::concat("has a style beyond the ", table.size(), " commonest"));
    }
  }
  std::vector<icon::Style> ordered;
  std::vector<std::size_t> place_of(table.size());
  for (const std::size_t row : precedence.order()) {
    place_of[row] = ordered.size();
    ordered.push_back(table[row]);
  }
  for (Entry& entry : entries) {
    if (!entry.kept()) continue;
    PreparedIcon& icon = entry.icon;
    std::vector<std::size_t> rows = rows_of(icon);
    for (std::size_t& row : rows) row = place_of[row];
    if (!keeps_order(entry, rows)) {
      entry.drop(Entry::Fate::kSkipped,
                 "its colours are painted in another order than the table's");
    } else {
      for (std::uint8_t& row : icon.tokens.styles) row = static_cast<std::uint8_t>(rows[row]);
      icon.styles = {};
      entry.overlaps = {};
    }
  }
  return ordered;
}

}  // namespace svgfusion::dataset
