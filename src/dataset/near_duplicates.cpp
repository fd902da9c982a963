// SPDX-License-Identifier: MIT
#include "near_duplicates.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>

#include "svgfusion/base/signals.h"
#include "svgfusion/base/text.h"
#include "svgfusion/render/raster.h"

namespace svgfusion::dataset {
namespace {

constexpr std::size_t kSide = kThumbnailSize;
constexpr std::size_t kCells = 4;  // the coarse picture is 4 x 4 sums of 6 x 6 values
constexpr std::size_t kCell = kSide / kCells;

// Sums over cells differ by no more than the pictures do, so they rule most pairs out quickly.
using Coarse = std::array<std::uint16_t, kCells * kCells>;
static_assert(kCell * kCell * 255 < 65536);

Coarse coarse_of(const std::vector<std::uint8_t>& picture) {
  Coarse sums{};
  for (std::size_t i = 0; i < picture.size(); ++i) {
    std::uint16_t& sum = sums[i / kSide / kCell * kCells + i % kSide / kCell];
    sum = static_cast<std::uint16_t>(sum + picture[i]);
  }
  return sums;
}

std::int32_t mass_of(const Coarse& coarse) {
  std::int32_t mass = 0;
  for (const std::uint16_t sum : coarse) mass += sum;
  return mass;
}

std::int32_t difference(const Coarse& a, const Coarse& b) {
  std::int32_t sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += std::abs(int{a[i]} - int{b[i]});
  return sum;
}

std::int32_t difference(const std::vector<std::uint8_t>& a, const std::vector<std::uint8_t>& b) {
  std::int32_t sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += std::abs(int{a[i]} - int{b[i]});
  return sum;
}

// Pictures that stay, in classes of equal mass up to a few percent.
class Index {
 public:
  // A distance of 0 finds nothing.
  explicit Index(double distance) : distance_(distance) {}

  // The first picture within the distance for which `counts` holds, or -1.
  template <class Counts>
  std::int64_t find(const std::vector<Entry>& entries, std::size_t entry,
                    const Counts& counts) const {
    if (distance_ == 0) return -1;
    const Coarse coarse = coarse_of(entries[entry].thumbnail);
    const std::int32_t mass = mass_of(coarse);
    std::int64_t best = -1;
    const auto begin = by_mass_.lower_bound(class_of(mass * (1 - distance_)));
    const auto end = by_mass_.upper_bound(class_of(mass / (1 - distance_)));
    for (auto it = begin; it != end; ++it) {
      for (const Kept& kept : it->second) {
        const auto limit = static_cast<std::int32_t>(distance_ * std::max(mass, kept.mass));
        if (difference(coarse, kept.coarse) > limit || !counts(kept.entry)) continue;
        if (difference(entries[entry].thumbnail, entries[kept.entry].thumbnail) > limit) continue;
        const auto found = static_cast<std::int64_t>(kept.entry);
        if (best < 0 || found < best) best = found;
      }
    }
    return best;
  }
  void add(const std::vector<Entry>& entries, std::size_t entry) {
    const Coarse coarse = coarse_of(entries[entry].thumbnail);
    by_mass_[class_of(mass_of(coarse))].push_back({entry, mass_of(coarse), coarse});
  }

 private:
  struct Kept {
    std::size_t entry;
    std::int32_t mass;
    Coarse coarse;
  };
  static std::int32_t class_of(double mass) { return static_cast<std::int32_t>(mass / 1024); }

  double distance_;
  std::map<std::int32_t, std::vector<Kept>> by_mass_;
};

}  // namespace

std::vector<std::uint8_t> thumbnail(const icon::Icon& icon) {
  icon::Icon fitted = icon;
  svg::Box box;
  for (const icon::Contour& contour : icon.contours) {
    const svg::Box own = bounds(contour.geometry);
    const icon::Style& style = icon.styles[contour.style];
    const double reach = style.kind == icon::Style::Kind::kStroke ? style.width / 2 : 0;
    box.join({own.min_x - reach, own.min_y - reach, own.max_x + reach, own.max_y + reach});
  }
  const double scale = icon::kBoxSize / std::max({box.width(), box.height(), 1e-3});
  const svg::Matrix fit =
      svg::translation(icon::kBoxSize / 2, icon::kBoxSize / 2) * svg::scaling(scale, scale) *
      svg::translation(-(box.min_x + box.max_x) / 2, -(box.min_y + box.max_y) / 2);
  for (icon::Contour& contour : fitted.contours)
    contour.geometry = svg::transformed(contour.geometry, fit);
  for (icon::Style& style : fitted.styles) {
    style.width *= scale;
    style.color = icon::Style{}.color;
  }
  return render::rasterize(fitted, kThumbnailSize).pixels;
}

void drop_lookalikes(std::vector<Entry>& entries, const DataConfig& config) {
  const bool drops_twins = config.duplicates == "near";
  Index leaks(config.split == "none" ? 0 : config.leak_distance);
  Index twins(config.near_distance);
  for (const Split split : {Split::kTest, Split::kValidation, Split::kTrain}) {
    for (std::size_t i = 0; i < entries.size(); ++i) {
      Entry& entry = entries[i];
      if (!entry.kept() || entry.split != split) continue;
      if (i % 1024 == 0) base::throw_if_stopped("svgfusion-prepare");
      const std::int64_t leak =
          leaks.find(entries, i, [&](std::size_t k) { return entries[k].split != split; });
      const std::int64_t twin =
          leak >= 0 || !drops_twins
              ? -1
              : twins.find(entries, i, [&](std::size_t k) { return entries[k].split == split; });
      if (leak >= 0) {
        const Entry& held_out = entries[static_cast<std::size_t>(leak)];
        entry.drop(Entry::Fate::kLeak, base::concat("looks like ", held_out.name, " of the ",
                                                    name_of(held_out.split), " split"));
      } else if (twin >= 0) {
        entry.drop(Entry::Fate::kNearDuplicate,
                   base::concat("looks like ", entries[static_cast<std::size_t>(twin)].name));
      } else {
        if (split != Split::kTrain) leaks.add(entries, i);
        if (drops_twins) twins.add(entries, i);
      }
    }
  }
  for (Entry& entry : entries) entry.thumbnail = {};
}

}  // namespace svgfusion::dataset
