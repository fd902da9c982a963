// SPDX-License-Identifier: MIT
#include "svgfusion/kernels/dropout.h"

#include <algorithm>

#include "tiles.h"

namespace svgfusion::kernels {
namespace {

constexpr std::int64_t kFlopsEach = 16;  // about, of a number
constexpr std::int64_t kRun = 32 * kDrawBlock;

// body(first, count) over runs that begin at whole blocks of draws
template <class Body>
void for_runs(std::int64_t count, const Parallel& parallel, const Body& body) {
  parallel(parts(count, kRun), grain_for(kFlopsEach * kRun),
           [&](std::int64_t begin, std::int64_t end) {
             const std::int64_t first = begin * kRun;
             body(first, std::min(end * kRun, count) - first);
           });
}

}  // namespace

void dropout(const float* x, const float* base, float* y, std::int64_t count, const Draw& draw,
             const Parallel& parallel) {
  const Draw now = at_step(draw);
  for_runs(count, parallel, [&](std::int64_t first, std::int64_t n) {
    best_set().rows.dropout(x + first, base == nullptr ? nullptr : base + first, y + first, first,
                            n, now);
  });
}

void relu_dropout(const float* x, float* y, std::int64_t count, const Draw& draw,
                  const Parallel& parallel) {
  const Draw now = at_step(draw);
  for_runs(count, parallel, [&](std::int64_t first, std::int64_t n) {
    best_set().rows.relu_dropout(x + first, y + first, first, n, now);
  });
}

void relu_dropout_gradient(const float* up, const float* y, float* dx, std::int64_t count,
                           const Draw& draw, const Parallel& parallel) {
  for_runs(count, parallel, [&](std::int64_t first, std::int64_t n) {
    best_set().rows.relu_dropout_gradient(up + first, y + first, dx + first, n, draw.scale);
  });
}

}  // namespace svgfusion::kernels
