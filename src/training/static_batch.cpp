// SPDX-License-Identifier: MIT
#include "svgfusion/training/static_batch.h"

#include "svgfusion/base/error.h"

namespace svgfusion::training {
namespace {

constexpr std::int64_t kAlignment = 16;  // bytes

std::int64_t room_of(const torch::Tensor& t) {
  const auto bytes = static_cast<std::int64_t>(t.nbytes());
  return (bytes + kAlignment - 1) / kAlignment * kAlignment;
}

// The part of `memory` from `offset` on that is a tensor like `t`.
torch::Tensor part_like(const torch::Tensor& t, const torch::Tensor& memory, std::int64_t offset) {
  return memory.narrow(0, offset, static_cast<std::int64_t>(t.nbytes()))
      .view(t.scalar_type())
      .view(t.sizes());
}

}  // namespace

const model::IconBatch& StaticBatch::put(model::IconBatch batch) {
  std::int64_t bytes = 0;
  batch.for_each_tensor([&](const torch::Tensor& t) {
    if (t.defined()) bytes += room_of(t);
  });
  // Pinned memory is kept by LibTorch until the copy from it is done.
  const auto staged = torch::empty(
      {bytes}, torch::TensorOptions().dtype(torch::kByte).pinned_memory(device_.is_cuda()));
  const bool is_first = !memory_.defined();
  if (is_first)
    memory_ = torch::empty({bytes}, staged.options().pinned_memory(false).device(device_));
  SVGFUSION_CHECK(memory_.numel() == bytes, "a batch of another shape");
  std::int64_t offset = 0;
  batch.for_each_tensor([&](torch::Tensor& t) {
    if (!t.defined()) return;
    part_like(t, staged, offset).copy_(t);
    const std::int64_t room = room_of(t);
    if (is_first) t = part_like(t, memory_, offset);
    offset += room;
  });
  memory_.copy_(staged, true);
  if (is_first) batch_ = std::move(batch);
  return batch_;
}

}  // namespace svgfusion::training
