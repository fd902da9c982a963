// SPDX-License-Identifier: MIT
#include "svgfusion/training/flat_parameters.h"

#include <torch/nn/module.h>

#include "svgfusion/base/error.h"

namespace svgfusion::training {

FlatParameters::FlatParameters(torch::nn::Module& module) {
  const torch::NoGradGuard no_grad;
  std::vector<torch::Tensor> parameters;
  std::vector<torch::Tensor> parts;
  std::int64_t offset = 0;
  for (const bool matrices : {true, false}) {
    for (const auto& item : module.named_parameters()) {
      const torch::Tensor& parameter = item.value();
      if ((parameter.dim() >= 2) != matrices) continue;
      SVGFUSION_CHECK(parameter.scalar_type() == torch::kFloat, item.key());
      entries_.push_back({item.key(), offset, parameter.sizes().vec()});
      layout_ += base::concat(item.key(), " ", parameter.numel(), ";");
      parameters.push_back(parameter);
      parts.push_back(parameter.detach().reshape({-1}));
      offset += parameter.numel();
    }
    if (matrices) decayed_ = offset;
  }
  values_ = torch::cat(parts);
  gradients_ = torch::zeros_like(values_);
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    const Entry& entry = entries_[i];
    const std::int64_t count = parameters[i].numel();
    parameters[i].set_data(values_.narrow(0, entry.offset, count).view(entry.shape));
    parameters[i].mutable_grad() = gradients_.narrow(0, entry.offset, count).view(entry.shape);
  }
}

model::NamedTensors FlatParameters::slices(const torch::Tensor& flat) const {
  SVGFUSION_CHECK(flat.numel() == size());
  model::NamedTensors out;
  for (const Entry& entry : entries_) {
    std::int64_t count = 1;
    for (const std::int64_t size : entry.shape) count *= size;
    out.emplace(entry.name, flat.narrow(0, entry.offset, count).view(entry.shape));
  }
  return out;
}

}  // namespace svgfusion::training
