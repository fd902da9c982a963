// SPDX-License-Identifier: MIT
#include "svgfusion/model/batch_room.h"

#include <algorithm>
#include <cmath>

namespace svgfusion::model {
namespace {

constexpr double kDeviations = 2.5;

std::int64_t ratio_up(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

// The share of `total` that part `index` of `count` has; shares differ by one at most.
std::int64_t share(std::int64_t total, std::int64_t index, std::int64_t count) {
  return total * (index + 1) / count - total * index / count;
}

struct Spread {
  std::int64_t mean = 0, above = 0;  // of a batch's sum, rounded up; what may be added to it
};

Spread spread_of(const std::vector<BatchSizes>& icons, std::int64_t batch_size,
                 std::int64_t BatchSizes::*size) {
  double sum = 0;
  double squares = 0;
  for (const BatchSizes& icon : icons) {
    const auto value = static_cast<double>(icon.*size);
    sum += value;
    squares += value * value;
  }
  const auto count = static_cast<double>(icons.size());
  const double mean = sum / count;
  const double variance = std::max(0.0, squares / count - mean * mean);
  const auto n = static_cast<double>(batch_size);
  return {static_cast<std::int64_t>(std::ceil(n * mean)),
          static_cast<std::int64_t>(std::ceil(kDeviations * std::sqrt(n * variance)))};
}

}  // namespace

BatchSizes BatchSizes::of(const icon::TokenIcon& icon) {
  BatchSizes out{1, static_cast<std::int64_t>(icon.contour_count()), 0, 0};
  for (const icon::Command command : icon.commands) {
    if (command == icon::Command::kLine) ++out.lines;
    if (command == icon::Command::kCubic) ++out.cubics;
  }
  return out;
}

BatchSizes& BatchSizes::operator+=(const BatchSizes& other) {
  icons += other.icons;
  contours += other.contours;
  lines += other.lines;
  cubics += other.cubics;
  return *this;
}

BatchSizes BatchSizes::operator-(const BatchSizes& other) const {
  return {icons - other.icons, contours - other.contours, lines - other.lines,
          cubics - other.cubics};
}

BatchRoom::BatchRoom(const std::vector<BatchSizes>& icons, std::int64_t batch_size,
                     const icon::TokenLimits& limits)
    : limits_(limits) {
  const Spread contours = spread_of(icons, batch_size, &BatchSizes::contours);
  const Spread lines = spread_of(icons, batch_size, &BatchSizes::lines);
  const Spread cubics = spread_of(icons, batch_size, &BatchSizes::cubics);
  // A batch as far below the mean as the room is above it leaves twice what is added. Contours of
  // the filling must hold its lines and cubics, its icons its contours, each of them at least one.
  const std::int64_t draws = std::max<std::int64_t>(1, limits.max_commands_per_contour - 1);
  const std::int64_t others = std::max<std::int64_t>(1, limits.max_contours - 1);
  const std::int64_t least_contours = ratio_up(2 * (lines.above + cubics.above), draws);
  const std::int64_t free_icons =
      std::max<std::int64_t>({1, ratio_up(2 * contours.above, others),
                              ratio_up(least_contours + 2 * contours.above, limits.max_contours)});
  const std::int64_t free_contours = std::max(least_contours, free_icons);
  sizes_ = {batch_size + free_icons, contours.mean + contours.above + free_contours,
            lines.mean + lines.above, cubics.mean + cubics.above};
}

bool BatchRoom::can_fill(const BatchSizes& left) const {
  return left.icons >= 1 && left.lines >= 0 && left.cubics >= 0 && left.contours >= left.icons &&
         left.contours <= left.icons * limits_.max_contours &&
         left.lines + left.cubics <= left.contours * (limits_.max_commands_per_contour - 1);
}

std::vector<icon::TokenIcon> BatchRoom::filling(const BatchSizes& left) const {
  std::vector<icon::TokenIcon> out(static_cast<std::size_t>(left.icons));
  std::int64_t contour = 0;
  std::int64_t drawn = 0;
  for (std::int64_t i = 0; i < left.icons; ++i) {
    icon::TokenIcon& icon = out[static_cast<std::size_t>(i)];
    for (std::int64_t c = 0; c < share(left.contours, i, left.icons); ++c, ++contour) {
      icon.commands.push_back(icon::Command::kMove);
      const std::int64_t draws = share(left.lines + left.cubics, contour, left.contours);
      for (std::int64_t k = 0; k < draws; ++k)
        icon.commands.push_back(drawn++ < left.cubics ? icon::Command::kCubic
                                                      : icon::Command::kLine);
      icon.contour_offsets.push_back(static_cast<std::uint32_t>(icon.commands.size()));
    }
    icon.arguments.resize(icon.commands.size());
    icon.closed.resize(icon.contour_offsets.size() - 1);
    icon.styles.resize(icon.closed.size());
  }
  return out;
}

std::optional<IconBatch> BatchRoom::filled(std::vector<icon::TokenIcon> icons,
                                           std::vector<std::int64_t> labels) const {
  BatchSizes used;
  for (const icon::TokenIcon& icon : icons) used += BatchSizes::of(icon);
  const BatchSizes left = sizes_ - used;
  if (!can_fill(left)) return std::nullopt;
  const std::vector<icon::TokenIcon> more = filling(left);
  icons.insert(icons.end(), more.begin(), more.end());
  labels.resize(icons.size(), 0);
  IconBatch batch = make_batch(icons, labels, torch::kCPU,
                               {limits_.max_contours, limits_.max_commands_per_contour});
  batch.weights = torch::ones({batch.size()});
  batch.weights.narrow(0, used.icons, left.icons).zero_();
  return batch;
}

}  // namespace svgfusion::model
