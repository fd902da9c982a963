// SPDX-License-Identifier: MIT
#include "svgfusion/nn/ragged.h"

#include <algorithm>
#include <numeric>

#include "svgfusion/base/error.h"

namespace svgfusion::nn {

Ragged Ragged::from_lengths(const std::vector<std::int64_t>& lengths, torch::Device device,
                            std::int64_t longest) {
  Ragged out;
  out.lengths = lengths;
  out.groups = static_cast<std::int64_t>(lengths.size());
  SVGFUSION_CHECK(out.groups > 0 && *std::min_element(lengths.begin(), lengths.end()) > 0);
  out.rows = std::accumulate(lengths.begin(), lengths.end(), std::int64_t{0});
  out.max_length = std::max(longest, *std::max_element(lengths.begin(), lengths.end()));
  std::vector<std::int64_t> group, position, slot;
  std::vector<std::int64_t> offset{0};
  std::vector<float> length;
  for (std::int64_t g = 0; g < out.groups; ++g) {
    const std::int64_t count = lengths[static_cast<std::size_t>(g)];
    for (std::int64_t s = 0; s < count; ++s) {
      group.push_back(g);
      position.push_back(s);
      slot.push_back(g * out.max_length + s);
    }
    offset.push_back(offset.back() + count);
    length.push_back(static_cast<float>(count));
  }
  const auto tensor = [&](const std::vector<std::int64_t>& values) {
    return torch::tensor(values, torch::kLong).to(device);
  };
  out.group = tensor(group);
  out.position = tensor(position);
  out.slot = tensor(slot);
  out.offset = tensor(offset);
  out.length = torch::tensor(length).to(device);
  const auto steps = torch::arange(out.max_length, torch::TensorOptions().device(device));
  out.key_mask =
      (steps.unsqueeze(0) < out.length.unsqueeze(1)).view({out.groups, 1, 1, out.max_length});
  return out;
}

// Made where it is used: nothing is copied there, which a CUDA graph could not record.
Ragged Ragged::uniform(std::int64_t groups, std::int64_t length, torch::Device device) {
  SVGFUSION_CHECK(groups > 0 && length > 0);
  const auto whole = torch::TensorOptions().dtype(torch::kLong).device(device);
  Ragged out;
  out.lengths.assign(static_cast<std::size_t>(groups), length);
  out.groups = groups;
  out.rows = groups * length;
  out.max_length = length;
  out.slot = torch::arange(out.rows, whole);
  out.group = out.slot.floor_divide(length);
  out.position = out.slot - out.group * length;
  out.offset = torch::arange(groups + 1, whole) * length;
  out.length = torch::full({groups}, static_cast<float>(length), whole.dtype(torch::kFloat));
  out.key_mask = torch::ones({groups, 1, 1, length}, whole.dtype(torch::kBool));
  return out;
}

Ragged Ragged::uniform(std::int64_t groups, std::int64_t length, const torch::Tensor& mask) {
  Ragged out = uniform(groups, length, mask.device());
  out.key_mask = mask;
  out.masks_rows = true;
  return out;
}

torch::Tensor pad(const torch::Tensor& rows, const Ragged& ragged) {
  const std::int64_t width = rows.size(1);
  const auto empty = torch::zeros({ragged.groups * ragged.max_length, width}, rows.options());
  return empty.index_copy(0, ragged.slot, rows).view({ragged.groups, ragged.max_length, width});
}

torch::Tensor unpad(const torch::Tensor& padded, const Ragged& ragged) {
  return padded.reshape({ragged.groups * ragged.max_length, padded.size(-1)})
      .index_select(0, ragged.slot);
}

torch::Tensor group_mean(const torch::Tensor& rows, const Ragged& ragged) {
  const auto sum =
      torch::zeros({ragged.groups, rows.size(1)}, rows.options()).index_add(0, ragged.group, rows);
  return sum / ragged.length.unsqueeze(1).to(rows.dtype());
}

}  // namespace svgfusion::nn
