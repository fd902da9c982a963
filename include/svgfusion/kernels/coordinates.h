// SPDX-License-Identifier: MIT
// Cross-entropy of coordinates: classes of V values whose logits are free ones plus those of a
// normal distribution about a predicted place,
//   logit_v = f_v - d_v^2 / 2,  d_v = (v - place) / deviation,
//   place = V / 2 + place_scale p,  deviation = start_deviation exp(-clamp(q)),
// from the outputs f [V], p and q of one row. Softmax and its gradient in one pass each, without
// the logits ever being stored.
#pragma once

#include <cmath>

#include "svgfusion/kernels/parallel.h"

namespace svgfusion::kernels {

inline constexpr std::int64_t kNoTarget = -1;  // in place of a target

struct CoordinateHead {
  std::int64_t values = 256;   // V
  float place_scale = 64;      // values a unit of p
  float start_deviation = 24;  // values
  float smoothing = 0;         // share of the target that its two neighbours have
  float most = 4;              // of q; at 256 values a deviation of 0.44 of one
  static constexpr float kLeast = -2;

  // That head for another number of values: the same places and deviations on a grid of other
  // steps, but for the least deviation, which stays a part of one value.
  static CoordinateHead of(std::int64_t values) {
    CoordinateHead head;
    const float finer = static_cast<float>(values) / static_cast<float>(head.values);
    head.values = values;
    head.place_scale *= finer;
    head.start_deviation *= finer;
    head.most += std::log(finer);
    return head;
  }
  std::int64_t outputs() const { return values + 2; }
};

// outputs [R, V + 2], targets [R] in [0, V) -> losses [R]; `log_sums` [R] is kept for the gradient.
// A row whose target is kNoTarget has no loss and a gradient of zero.
void coordinate_loss(const float* outputs, const std::int64_t* targets, float* losses,
                     float* log_sums, std::int64_t rows, const CoordinateHead& head,
                     const Parallel& parallel);
// doutputs [R, V + 2] for the gradient `up` [1] of the sum of all losses.
void coordinate_loss_gradient(const float* up, const float* outputs, const std::int64_t* targets,
                              const float* log_sums, float* doutputs, std::int64_t rows,
                              const CoordinateHead& head, const Parallel& parallel);

}  // namespace svgfusion::kernels
