// SPDX-License-Identifier: MIT
// A draw of dropout kept between the two passes of an autograd function.
#pragma once

#include <torch/csrc/autograd/custom_function.h>

#include "svgfusion/kernels/dropout_draw.h"

namespace svgfusion::nn {

inline void record(torch::autograd::AutogradContext& context, const kernels::Draw& draw) {
  context.saved_data["draw"] = c10::List<std::int64_t>(
      {std::int64_t{draw.key[0]}, std::int64_t{draw.key[1]}, std::int64_t{draw.threshold},
       static_cast<std::int64_t>(reinterpret_cast<std::uintptr_t>(draw.step))});
}

inline kernels::Draw recorded(torch::autograd::AutogradContext& context) {
  const auto numbers = context.saved_data["draw"].toIntVector();
  kernels::Draw draw = kernels::Draw::from_keys(static_cast<std::uint32_t>(numbers[0]),
                                                static_cast<std::uint32_t>(numbers[1]),
                                                static_cast<std::uint32_t>(numbers[2]));
  draw.step = reinterpret_cast<const std::uint64_t*>(static_cast<std::uintptr_t>(numbers[3]));
  return draw;
}

}  // namespace svgfusion::nn
