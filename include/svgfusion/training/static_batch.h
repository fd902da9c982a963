// SPDX-License-Identifier: MIT
#pragma once

#include "svgfusion/model/icon_batch.h"

namespace svgfusion::training {

// Batches of one shape on a device, one after the other in the same memory, which a CUDA graph has
// seen; each goes there in one copy.
class StaticBatch {
 public:
  explicit StaticBatch(torch::Device device) : device_(device) {}

  // `batch`, on the CPU, must have the shapes of the first one.
  const model::IconBatch& put(model::IconBatch batch);

 private:
  torch::Device device_;
  torch::Tensor memory_;  // [bytes] u8
  model::IconBatch batch_;
};

}  // namespace svgfusion::training
