// SPDX-License-Identifier: MIT
#include "way.h"

#include <algorithm>
#include <cmath>

namespace svgfusion::pipeline {
namespace {

constexpr std::int64_t kFrames = 12;

}  // namespace

Way::Way(std::int64_t steps) : wanted_(static_cast<std::size_t>(steps) + 1, false) {
  const std::int64_t frames = std::min(kFrames, steps + 1);
  for (std::int64_t i = 0; i < frames; ++i) {
    const double share =
        static_cast<double>(i) / static_cast<double>(std::max<std::int64_t>(1, frames - 1));
    wanted_[static_cast<std::size_t>(std::lround(share * static_cast<double>(steps)))] = true;
  }
}

diffusion::Observe Way::observer() {
  return [this](std::int64_t step, const torch::Tensor& x_t, const torch::Tensor& x0) {
    if (!wanted_[static_cast<std::size_t>(step)]) return;
    states_.push_back(x_t.narrow(0, 0, 1).clone());
    estimates_.push_back(x0.narrow(0, 0, 1).clone());
  };
}

}  // namespace svgfusion::pipeline
