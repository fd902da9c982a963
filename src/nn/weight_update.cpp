// SPDX-License-Identifier: MIT
#include "svgfusion/nn/weight_update.h"

#include "executor.h"
#include "rounded_products.h"
#include "svgfusion/base/error.h"

namespace svgfusion::nn {
namespace {

kernels::WeightState memory_of(const FlatState& state) {
  const auto at = [](const torch::Tensor& t) { return t.data_ptr<float>(); };
  return {at(state.values), at(state.first_moment), at(state.second_moment),
          state.average.defined() ? at(state.average) : nullptr,
          state.rounded.defined() ? writable_rounded_data_of(state.rounded) : nullptr};
}

}  // namespace

bool takes_updates(const FlatState& state) {
  return state.values.is_cpu() && takes_kernels(state.values);
}

double adamw(const FlatState& state, std::int64_t offset, const torch::Tensor& gradient,
             const kernels::AdamW& rule) {
  return kernels::adamw(data_of(gradient), memory_of(state).from(offset), gradient.numel(), rule,
                        on_threads);
}

double adamw(const FlatState& state, const LateGradient& gradient, const kernels::AdamW& rule) {
  const torch::Tensor &up = gradient.up, &x = gradient.x;
  const kernels::ProductSizes sizes{x.size(0), x.size(1), up.size(1)};
  const kernels::WeightState to = memory_of(state).from(gradient.offset);
  if (x.scalar_type() == torch::kBFloat16)
    return kernels::adamw_of_product(rounded_data_of(up), rounded_data_of(x), sizes, to, rule,
                                     on_threads);
  return kernels::adamw_of_product(data_of(up), data_of(x), sizes, to, rule, on_threads);
}

void adamw_without_gradient(const FlatState& state, std::int64_t begin, std::int64_t end,
                            const kernels::AdamW& rule) {
  if (begin == end) return;
  const auto part = [&](const torch::Tensor& t) { return t.narrow(0, begin, end - begin); };
  const auto values = part(state.values);
  if (rule.weight_decay > 0) values.mul_(1 - rule.rate * rule.weight_decay);
  if (state.rounded.defined() && rule.weight_decay > 0) part(state.rounded).copy_(values);
  if (state.average.defined()) part(state.average).lerp_(values, rule.forgets);
}

#ifdef SVGFUSION_WITH_CUDA_KERNELS

bool takes_flat_updates(const FlatState& state) {
  return state.values.is_cuda() && takes_kernels(state.values);
}

void FlatUpdate::run(const FlatState& state, const torch::Tensor& gradients, std::int64_t decayed,
                     const kernels::AdamW& rule, double clip_norm, const Scalars& scalars) {
  if (!factors_.defined()) {
    partial_sums_ = torch::empty({kernels::UpdateMemory::kPartialSums}, gradients.options());
    factors_ = torch::empty({static_cast<std::int64_t>(sizeof(kernels::UpdateFactors))},
                            gradients.options().dtype(torch::kByte));
  }
  const auto at = [](const torch::Tensor& t) { return t.data_ptr<float>(); };
  const kernels::UpdateMemory memory{
      at(partial_sums_),         reinterpret_cast<kernels::UpdateFactors*>(factors_.data_ptr()),
      at(scalars.updates),       at(scalars.skipped),
      at(scalars.gradient_norm), at(scalars.rate),
      at(scalars.forgets)};
  kernels::adamw(data_of(gradients), memory_of(state), gradients.numel(), decayed, rule, clip_norm,
                 memory, current_stream());
}

#else

bool takes_flat_updates(const FlatState&) { return false; }
void FlatUpdate::run(const FlatState&, const torch::Tensor&, std::int64_t, const kernels::AdamW&,
                     double, const Scalars&) {
  SVGFUSION_CHECK(false, "this build has no kernels for GPUs");
}

#endif

}  // namespace svgfusion::nn
