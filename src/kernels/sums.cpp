// SPDX-License-Identifier: MIT
#include "svgfusion/kernels/sums.h"

#include <algorithm>

#include "tiles.h"

namespace svgfusion::kernels {
namespace {

constexpr std::int64_t kRun = 1 << 16;

}  // namespace

double square_sum(const std::vector<Span>& spans, const Parallel& parallel) {
  std::vector<Span> runs;
  for (const Span& span : spans) {
    for (std::int64_t begin = 0; begin < span.count; begin += kRun)
      runs.push_back({span.x + begin, std::min(kRun, span.count - begin)});
  }
  std::vector<double> sums(runs.size());
  parallel(static_cast<std::int64_t>(runs.size()), 4, [&](std::int64_t begin, std::int64_t end) {
    for (auto i = static_cast<std::size_t>(begin); i < static_cast<std::size_t>(end); ++i)
      sums[i] = best_set().rows.square_sum(runs[i].x, runs[i].count);
  });
  double total = 0;
  for (const double sum : sums) total += sum;
  return total;
}

void column_sum(const float* x, float* sums, std::int64_t rows, std::int64_t width,
                const Parallel& parallel) {
  parallel(parts(width, kColumnBlock), grain_for(rows * kColumnBlock),
           [&](std::int64_t begin, std::int64_t end) {
             const std::int64_t first = begin * kColumnBlock;
             const std::int64_t count = std::min(end * kColumnBlock, width) - first;
             std::fill_n(sums + first, count, 0.0F);
             for (std::int64_t r = 0; r < rows; ++r)
               best_set().rows.add(x + r * width + first, sums + first, count);
           });
}

}  // namespace svgfusion::kernels
