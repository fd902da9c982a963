// SPDX-License-Identifier: MIT
#include "svgfusion/training/flat_parameters.h"

#include <ATen/ATen.h>
#include <torch/nn/module.h>

#include <algorithm>
#include <utility>

#include "svgfusion/base/error.h"
#include "svgfusion/nn/gradient_places.h"
#include "svgfusion/nn/large_pages.h"
#include "svgfusion/nn/product_engines.h"

namespace svgfusion::training {

FlatParameters::FlatParameters(torch::nn::Module& module) {
  const torch::NoGradGuard no_grad;
  std::vector<torch::Tensor> parts;
  std::int64_t offset = 0;
  for (const bool matrices : {true, false}) {
    for (const auto& item : module.named_parameters()) {
      const torch::Tensor& parameter = item.value();
      if ((parameter.dim() >= 2) != matrices) continue;
      SVGFUSION_CHECK(parameter.scalar_type() == torch::kFloat, item.key());
      entries_.push_back({item.key(), offset, parameter});
      layout_ += base::concat(item.key(), " ", parameter.numel(), ";");
      parts.push_back(parameter.detach().reshape({-1}));
      offset += parameter.numel();
    }
    if (matrices) decayed_ = offset;
  }
  values_ = nn::empty_on_large_pages(offset, parts.at(0).options());
  at::cat_out(values_, parts);
  for (Entry& entry : entries_) entry.parameter.set_data(view(values_, entry));
}

torch::Tensor FlatParameters::view(const torch::Tensor& flat, const Entry& entry) const {
  return flat.narrow(0, entry.offset, entry.parameter.numel()).view(entry.parameter.sizes());
}

void FlatParameters::forget_gradients() {
  for (Entry& entry : entries_) entry.parameter.mutable_grad().reset();
  products_.clear();
}

void FlatParameters::backward(const torch::Tensor& loss, bool keeps_products) {
  if (!keeps_products) {
    // A gradient that is there is added to, so its place is not free.
    const bool are_new = std::none_of(entries_.begin(), entries_.end(), [](const Entry& entry) {
      return entry.parameter.grad().defined();
    });
    const nn::GradientPlaces places(values_,
                                    values_.is_cuda() && are_new ? gathered() : torch::Tensor());
    return loss.backward();
  }
  const torch::NoGradGuard no_grad;
  std::vector<nn::LateGradient> found = std::exchange(products_, {});
  {
    nn::LateGradients late(values_);
    const at::AutoGradMode with_grad(true);
    loss.backward();
    found.insert(found.end(), late.found().begin(), late.found().end());
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const auto& a, const auto& b) { return a.offset < b.offset; });
  auto next = found.begin();
  for (Entry& entry : entries_) {
    const auto begin = next;
    while (next != found.end() && next->offset < entry.offset + entry.parameter.numel()) ++next;
    if (begin != next) settle(entry, {begin, next});
  }
}

// The products of one parameter, sorted: those of the same weights become one of more rows, and
// those that overlap others, meet a gradient that is written, or have many rows by now, are
// written.
void FlatParameters::settle(Entry& entry, std::vector<nn::LateGradient> products) {
  std::vector<nn::LateGradient> merged;
  bool is_written = entry.parameter.grad().defined();
  for (const nn::LateGradient& p : products) {
    if (!merged.empty() && merged.back().offset == p.offset &&
        merged.back().x.size(1) == p.x.size(1) && merged.back().up.size(1) == p.up.size(1)) {
      merged.back().up = torch::cat({merged.back().up, p.up});
      merged.back().x = torch::cat({merged.back().x, p.x});
      is_written |= merged.back().x.size(0) > nn::kFewRows;
      continue;
    }
    is_written |= !merged.empty() && merged.back().offset + merged.back().size() > p.offset;
    merged.push_back(p);
  }
  if (!is_written) {
    products_.insert(products_.end(), merged.begin(), merged.end());
    return;
  }
  torch::Tensor& gradient = entry.parameter.mutable_grad();
  gradient = gradient.defined() ? gradient.contiguous() : torch::zeros_like(entry.parameter);
  for (const nn::LateGradient& p : merged)
    gradient.view({-1}).narrow(0, p.offset - entry.offset, p.size()).add_(nn::dense(p));
}

std::vector<torch::Tensor> FlatParameters::gradients() const {
  std::vector<torch::Tensor> out;
  for (const Entry& entry : entries_) out.push_back(entry.parameter.grad());
  return out;
}

torch::Tensor& FlatParameters::gathered() {
  if (!gathered_.defined()) gathered_ = torch::zeros_like(values_);
  return gathered_;
}

torch::Tensor FlatParameters::gather_gradients() {
  const torch::NoGradGuard no_grad;
  SVGFUSION_CHECK(products_.empty());
  std::vector<torch::Tensor> from, to;
  for (Entry& entry : entries_) {
    const torch::Tensor place = view(gathered(), entry);
    torch::Tensor& gradient = entry.parameter.mutable_grad();
    if (!gradient.defined()) {
      place.zero_();
    } else if (gradient.data_ptr() != place.data_ptr()) {
      from.push_back(gradient);
      to.push_back(place);
    }
    gradient = place;
  }
  if (!from.empty()) at::_foreach_copy_(to, from);
  return gathered_;
}

std::vector<torch::Tensor> FlatParameters::views(const torch::Tensor& flat) const {
  SVGFUSION_CHECK(flat.numel() == size());
  std::vector<torch::Tensor> out;
  for (const Entry& entry : entries_) out.push_back(view(flat, entry));
  return out;
}

model::NamedTensors FlatParameters::slices(const torch::Tensor& flat) const {
  SVGFUSION_CHECK(flat.numel() == size());
  model::NamedTensors out;
  for (const Entry& entry : entries_) out.emplace(entry.name, view(flat, entry));
  return out;
}

}  // namespace svgfusion::training
