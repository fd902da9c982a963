// SPDX-License-Identifier: MIT
#include "palette.h"

#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "svgfusion/icon/icon.h"

namespace svgfusion::dataset {
namespace {

constexpr int kRounds = 20;

using Lab = std::array<double, 4>;  // OKLab's L, a, b, and alpha

Lab to_lab(std::uint32_t color) {
  const svg::Color channels = icon::unpack_color(color);
  const double r = svg::linear_light(channels.red);
  const double g = svg::linear_light(channels.green);
  const double b = svg::linear_light(channels.blue);
  const double l = std::cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const double m = std::cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const double s = std::cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return {0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
          1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
          0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s, channels.alpha};
}

double squared_distance(const Lab& a, const Lab& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return sum;
}

struct Item {
  std::uint32_t color;
  double weight;
  Lab lab;
};

std::size_t nearest(const std::vector<Item>& items, const std::vector<std::size_t>& chosen,
                    const Lab& lab) {
  std::size_t best = 0;
  double best_distance = std::numeric_limits<double>::infinity();
  for (std::size_t k = 0; k < chosen.size(); ++k) {
    const double d = squared_distance(items[chosen[k]].lab, lab);
    if (d < best_distance) {
      best_distance = d;
      best = k;
    }
  }
  return best;
}

// The commonest colour first, then each time the one that is worst served.
std::vector<std::size_t> first_choice(const std::vector<Item>& items, std::size_t size) {
  std::vector<std::size_t> chosen;
  std::vector<double> served(items.size(), 4);  // squared distance to the nearest chosen one
  while (chosen.size() < size) {
    std::size_t worst = 0;
    for (std::size_t i = 1; i < items.size(); ++i) {
      if (items[i].weight * served[i] > items[worst].weight * served[worst]) worst = i;
    }
    chosen.push_back(worst);
    for (std::size_t i = 0; i < items.size(); ++i)
      served[i] = std::min(served[i], squared_distance(items[i].lab, items[worst].lab));
  }
  return chosen;
}

// The member of each cluster that is nearest to the cluster's weighted mean.
bool move_to_middle(const std::vector<Item>& items, std::vector<std::size_t>& chosen) {
  std::vector<Lab> means(chosen.size(), Lab{});
  std::vector<double> weights(chosen.size(), 0);
  std::vector<std::size_t> cluster(items.size());
  for (std::size_t i = 0; i < items.size(); ++i) {
    cluster[i] = nearest(items, chosen, items[i].lab);
    weights[cluster[i]] += items[i].weight;
    for (std::size_t d = 0; d < 4; ++d) means[cluster[i]][d] += items[i].weight * items[i].lab[d];
  }
  std::vector<double> best(chosen.size(), std::numeric_limits<double>::infinity());
  std::vector<std::size_t> moved = chosen;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const std::size_t k = cluster[i];
    Lab mean = means[k];
    for (double& value : mean) value /= weights[k];
    const double d = squared_distance(items[i].lab, mean);
    if (d >= best[k]) continue;
    best[k] = d;
    moved[k] = i;
  }
  const bool changed = moved != chosen;
  chosen = moved;
  return changed;
}

}  // namespace

std::map<std::uint32_t, std::uint32_t> choose_palette(
    const std::map<std::uint32_t, std::int64_t>& weights, std::size_t size) {
  std::vector<Item> items;
  items.reserve(weights.size());
  for (const auto& [color, weight] : weights)
    items.push_back({color, static_cast<double>(weight), to_lab(color)});
  std::map<std::uint32_t, std::uint32_t> out;
  if (items.size() <= size) {
    for (const Item& item : items) out[item.color] = item.color;
    return out;
  }
  std::vector<std::size_t> chosen = first_choice(items, size);
  for (int round = 0; round < kRounds && move_to_middle(items, chosen); ++round) {
  }
  for (const Item& item : items)
    out[item.color] = items[chosen[nearest(items, chosen, item.lab)]].color;
  return out;
}

}  // namespace svgfusion::dataset
