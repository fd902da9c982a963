// SPDX-License-Identifier: MIT
#include "svgfusion/kernels/coordinates.h"

#include "tiles.h"

namespace svgfusion::kernels {
namespace {

constexpr std::int64_t kFlopsEach = 32;  // about, of a number

}  // namespace

void coordinate_loss(const float* outputs, const std::int64_t* targets, float* losses,
                     float* log_sums, std::int64_t rows, const CoordinateHead& head,
                     const Parallel& parallel) {
  const std::int64_t width = head.values + 2;
  parallel(rows, grain_for(kFlopsEach * width), [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t r = begin; r < end; ++r) {
      losses[r] =
          best_set().rows.coordinate_loss(outputs + r * width, targets[r], log_sums + r, head);
    }
  });
}

void coordinate_loss_gradient(const float* up, const float* outputs, const std::int64_t* targets,
                              const float* log_sums, float* doutputs, std::int64_t rows,
                              const CoordinateHead& head, const Parallel& parallel) {
  const std::int64_t width = head.values + 2;
  parallel(rows, grain_for(kFlopsEach * width), [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t r = begin; r < end; ++r) {
      best_set().rows.coordinate_loss_gradient(*up, outputs + r * width, targets[r], log_sums[r],
                                               doutputs + r * width, head);
    }
  });
}

}  // namespace svgfusion::kernels
