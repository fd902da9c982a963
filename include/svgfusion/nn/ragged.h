// SPDX-License-Identifier: MIT
// Packing of ragged batches: G groups of different lengths as K = sum of lengths rows. Padding to
// [G, S] exists only inside attention.
#pragma once

#include <torch/types.h>

#include <vector>

namespace svgfusion::nn {

struct Ragged {
  std::int64_t groups = 0;            // G
  std::int64_t rows = 0;              // K
  std::int64_t max_length = 0;        // S
  std::vector<std::int64_t> lengths;  // G numbers, on the host
  torch::Tensor group;                // [K] i64: the row's group
  torch::Tensor position;             // [K] i64: its place in the group
  torch::Tensor slot;                 // [K] i64: group * S + position
  torch::Tensor length;               // [G] f32: `lengths` on the device
  torch::Tensor offset;               // [G + 1] i64: group g has rows [offset[g], offset[g + 1])
  torch::Tensor
      key_mask;  // [G, 1, 1, S] bool: where there is a row; or [G, 1, S, S]: what each sees
  bool masks_rows = false;  // key_mask says more than the lengths do

  // body(tensor) for each tensor
  template <class Body>
  void for_each_tensor(const Body& body) {
    for (torch::Tensor* t : {&group, &position, &slot, &length, &offset, &key_mask}) body(*t);
  }

  // Every length must be at least 1: attention over nothing has no value. S is the longest of them
  // and of `longest`.
  static Ragged from_lengths(const std::vector<std::int64_t>& lengths, torch::Device device,
                             std::int64_t longest = 0);
  // All of one length. `mask` [G, 1, S, S] says which rows (last dimension) each row sees.
  static Ragged uniform(std::int64_t groups, std::int64_t length, torch::Device device);
  static Ragged uniform(std::int64_t groups, std::int64_t length, const torch::Tensor& mask);
};

torch::Tensor pad(const torch::Tensor& rows, const Ragged& ragged);         // [K, W] -> [G, S, W]
torch::Tensor unpad(const torch::Tensor& padded, const Ragged& ragged);     // [G, S, W] -> [K, W]
torch::Tensor group_mean(const torch::Tensor& rows, const Ragged& ragged);  // [K, W] -> [G, W]

}  // namespace svgfusion::nn
