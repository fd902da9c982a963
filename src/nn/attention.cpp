// SPDX-License-Identifier: MIT
#include "svgfusion/nn/attention.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>

#include "draw_record.h"
#include "on_threads.h"
#include "svgfusion/kernels/attention.h"
#include "svgfusion/nn/dropout.h"

namespace svgfusion::nn {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// Longer groups are what general libraries are made for.
constexpr std::int64_t kLongest = 256;

kernels::AttentionSizes sizes_of(const torch::Tensor& qkv, const std::vector<std::int64_t>& offsets,
                                 std::int64_t heads, bool is_causal, const kernels::Draw& draw) {
  kernels::AttentionSizes out;
  out.offsets = offsets.data();
  out.groups = static_cast<std::int64_t>(offsets.size()) - 1;
  for (std::size_t g = 1; g < offsets.size(); ++g)
    out.longest = std::max(out.longest, offsets[g] - offsets[g - 1]);
  out.heads = heads;
  out.head_width = qkv.size(1) / 3 / heads;
  out.is_causal = is_causal;
  out.draw = draw;
  return out;
}

class Attention : public torch::autograd::Function<Attention> {
 public:
  static torch::Tensor forward(AutogradContext* context, const torch::Tensor& qkv,
                               const std::vector<std::int64_t>& offsets, std::int64_t heads,
                               bool is_causal, const kernels::Draw& draw) {
    auto out = torch::empty({qkv.size(0), qkv.size(1) / 3}, qkv.options());
    kernels::attention(data_of(qkv), out.data_ptr<float>(),
                       sizes_of(qkv, offsets, heads, is_causal, draw), on_threads);
    context->save_for_backward({qkv});
    context->saved_data["offsets"] = offsets;
    context->saved_data["heads"] = heads;
    context->saved_data["is_causal"] = is_causal;
    record(*context, draw);
    return out;
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto qkv = context->get_saved_variables()[0];
    const auto up = gradients[0].contiguous();
    const auto offsets = context->saved_data["offsets"].toIntVector();
    auto dqkv = torch::empty_like(qkv);
    kernels::attention_gradient(
        data_of(up), data_of(qkv), dqkv.data_ptr<float>(),
        sizes_of(qkv, offsets, context->saved_data["heads"].toInt(),
                 context->saved_data["is_causal"].toBool(), recorded(*context)),
        on_threads);
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

torch::Tensor by_kernel(const torch::Tensor& qkv, const std::vector<std::int64_t>& offsets,
                        const AttentionOptions& options) {
  return Attention::apply(qkv.contiguous(), offsets, options.heads, options.reach == Reach::kPast,
                          next_draw(options.dropout));
}

}  // namespace

torch::Tensor attention(const torch::Tensor& qkv, const Ragged& ragged,
                        const AttentionOptions& options) {
  if (on_cpu_in_floats(qkv) && !ragged.masks_rows && ragged.max_length <= kLongest) {
    std::vector<std::int64_t> offsets{0};
    for (const std::int64_t length : ragged.lengths) offsets.push_back(offsets.back() + length);
    return by_kernel(qkv, offsets, options);
  }
  // Under a causal mask the padding behind a group is never seen by its rows.
  const bool is_padded = ragged.rows != ragged.groups * ragged.max_length;
  const bool needs_mask = ragged.masks_rows || (options.reach == Reach::kWholeGroup && is_padded);
  return unpad(
      by_libtorch(pad(qkv, ragged), needs_mask ? ragged.key_mask : torch::Tensor(), options),
      ragged);
}

torch::Tensor attention(const torch::Tensor& qkv, const AttentionOptions& options) {
  const std::int64_t length = qkv.size(1);
  if (!on_cpu_in_floats(qkv) || length > kLongest) return by_libtorch(qkv, {}, options);
  std::vector<std::int64_t> offsets;
  for (std::int64_t g = 0; g <= qkv.size(0); ++g) offsets.push_back(g * length);
  return by_kernel(qkv.flatten(0, 1), offsets, options).view({qkv.size(0), length, -1});
}

}  // namespace svgfusion::nn
