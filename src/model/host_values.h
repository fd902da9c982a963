// SPDX-License-Identifier: MIT
#pragma once

#include <torch/types.h>

#include <vector>

namespace svgfusion::model {

// All numbers of a tensor of integers or truths, on the host.
inline std::vector<std::int64_t> to_host(const torch::Tensor& t) {
  const auto host = t.to(torch::kCPU, torch::kLong).contiguous();
  return {host.data_ptr<std::int64_t>(), host.data_ptr<std::int64_t>() + host.numel()};
}

}  // namespace svgfusion::model
