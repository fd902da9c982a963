// SPDX-License-Identifier: MIT
#pragma once

#include <torch/types.h>

#include <optional>

namespace svgfusion::nn {

// Where in the float32 vector `flat` the tensor lies, if it is a part of it without gaps.
inline std::optional<std::int64_t> offset_in(const torch::Tensor& flat, const torch::Tensor& part) {
  if (part.device() != flat.device() || part.scalar_type() != torch::kFloat ||
      !part.is_contiguous() || !part.is_alias_of(flat))
    return std::nullopt;
  const auto offset = part.const_data_ptr<float>() - flat.const_data_ptr<float>();
  if (offset < 0 || offset + part.numel() > flat.numel()) return std::nullopt;
  return offset;
}

}  // namespace svgfusion::nn
