// SPDX-License-Identifier: MIT
#include "svgfusion/nn/attention.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include "draw_record.h"
#include "executor.h"
#include "svgfusion/kernels/attention.h"
#include "svgfusion/nn/dropout.h"

namespace svgfusion::nn {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// Longer groups are what general libraries are made for.
constexpr std::int64_t kLongest = 256;

struct Groups {
  torch::Tensor offsets;  // [G + 1] i64, where the rows are
  std::int64_t longest = 0;
};

bool fits(const torch::Tensor& qkv, std::int64_t longest, [[maybe_unused]] std::int64_t heads) {
  if (!takes_kernels(qkv)) return false;
#ifdef SVGFUSION_WITH_CUDA_KERNELS
  if (qkv.is_cuda()) return kernels::fits_attention(longest, qkv.size(-1) / 3 / heads);
#endif
  return longest <= kLongest;
}

kernels::AttentionSizes sizes_of(const torch::Tensor& qkv, const Groups& groups, std::int64_t heads,
                                 bool is_causal, const kernels::Draw& draw) {
  kernels::AttentionSizes out;
  out.offsets = groups.offsets.const_data_ptr<std::int64_t>();
  out.groups = groups.offsets.size(0) - 1;
  out.longest = groups.longest;
  out.heads = heads;
  out.head_width = qkv.size(1) / 3 / heads;
  out.is_causal = is_causal;
  out.draw = draw;
  return out;
}

class Attention : public torch::autograd::Function<Attention> {
 public:
  static torch::Tensor forward(AutogradContext* context, const torch::Tensor& qkv,
                               const Groups& groups, std::int64_t heads, bool is_causal,
                               const kernels::Draw& draw) {
    auto out = torch::empty({qkv.size(0), qkv.size(1) / 3}, qkv.options());
    const auto sizes = sizes_of(qkv, groups, heads, is_causal, draw);
    run_kernel(qkv, [&](const auto& executor) {
      kernels::attention(data_of(qkv), out.data_ptr<float>(), sizes, executor);
    });
    context->save_for_backward({qkv, groups.offsets});
    context->saved_data["longest"] = groups.longest;
    context->saved_data["heads"] = heads;
    context->saved_data["is_causal"] = is_causal;
    record(*context, draw);
    return out;
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const auto& qkv = saved[0];
    const auto up = gradients[0].contiguous();
    auto dqkv = torch::empty_like(qkv);
    auto& data = context->saved_data;
    const auto sizes = sizes_of(qkv, {saved[1], data["longest"].toInt()}, data["heads"].toInt(),
                                data["is_causal"].toBool(), recorded(*context));
    run_kernel(qkv, [&](const auto& executor) {
      kernels::attention_gradient(data_of(up), data_of(qkv), dqkv.data_ptr<float>(), sizes,
                                  executor);
    });
    return {dqkv, {}, {}, {}, {}};
  }
};

// [G, S, 3 W] -> [G, S, W]
torch::Tensor by_libtorch(const torch::Tensor& qkv, const torch::Tensor& mask,
                          const AttentionOptions& options) {
  const std::int64_t groups = qkv.size(0);
  const std::int64_t length = qkv.size(1);
  const std::int64_t width = qkv.size(2) / 3;
  const auto parts = qkv.view({groups, length, 3, options.heads, width / options.heads})
                         .permute({2, 0, 3, 1, 4});  // [3, G, H, S, W/H]
  const auto mixed = at::scaled_dot_product_attention(
      parts[0], parts[1], parts[2], mask.defined() ? std::optional(mask) : std::nullopt,
      options.dropout, options.reach == Reach::kPast);
  return mixed.transpose(1, 2).reshape({groups, length, width});  // [G, S, W]
}

torch::Tensor by_kernel(const torch::Tensor& qkv, const Groups& groups,
                        const AttentionOptions& options) {
  return Attention::apply(qkv.contiguous(), groups, options.heads, options.reach == Reach::kPast,
                          next_draw(options.dropout));
}

}  // namespace

torch::Tensor attention(const torch::Tensor& qkv, const Ragged& ragged,
                        const AttentionOptions& options) {
  if (!ragged.masks_rows && fits(qkv, ragged.max_length, options.heads))
    return by_kernel(qkv, {ragged.offset, ragged.max_length}, options);
  // Under a causal mask the padding behind a group is never seen by its rows.
  const bool is_padded = ragged.rows != ragged.groups * ragged.max_length;
  const bool needs_mask = ragged.masks_rows || (options.reach == Reach::kWholeGroup && is_padded);
  return unpad(
      by_libtorch(pad(qkv, ragged), needs_mask ? ragged.key_mask : torch::Tensor(), options),
      ragged);
}

torch::Tensor attention(const torch::Tensor& qkv, const AttentionOptions& options) {
  const std::int64_t length = qkv.size(1);
  if (!fits(qkv, length, options.heads)) return by_libtorch(qkv, {}, options);
  const auto offsets = torch::arange(qkv.size(0) + 1, qkv.options().dtype(torch::kLong)) * length;
  return by_kernel(qkv.flatten(0, 1), {offsets, length}, options).view({qkv.size(0), length, -1});
}

}  // namespace svgfusion::nn
