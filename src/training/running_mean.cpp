// SPDX-License-Identifier: MIT
#include "running_mean.h"

#include "svgfusion/base/text.h"

namespace svgfusion::training {

void RunningMean::add(const StepMetrics& metrics) {
  const torch::NoGradGuard no_grad;
  for (const auto& [key, value] : metrics) {
    torch::Tensor& sum = sums_[key];
    if (sum.defined()) {
      sum.add_(value);
    } else {
      sum = value.detach().clone();
    }
  }
}

Metrics RunningMean::take(std::int64_t steps, Communicator& communicator) {
  std::vector<torch::Tensor> parts;
  for (const auto& [key, sum] : sums_) parts.push_back(sum.reshape({-1}).to(torch::kDouble));
  torch::Tensor all = torch::cat(parts).to(torch::kCPU);
  communicator.sum(all);
  Metrics out;
  const double* value = all.data_ptr<double>();
  for (auto& [key, sum] : sums_) {
    for (std::int64_t i = 0; i < sum.numel(); ++i) {
      out[sum.dim() == 0 ? key : base::concat(key, "_", i)] = *value++ / static_cast<double>(steps);
    }
    sum.zero_();
  }
  return out;
}

}  // namespace svgfusion::training
