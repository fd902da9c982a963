// SPDX-License-Identifier: MIT
#include "svgfusion/nn/norms.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

#include "executor.h"
#include "svgfusion/kernels/sums.h"

namespace svgfusion::nn {

torch::Tensor norm_of_all(const std::vector<torch::Tensor>& tensors) {
  const bool is_ours = std::all_of(tensors.begin(), tensors.end(), [](const torch::Tensor& t) {
    return t.is_cpu() && takes_kernels(t) && t.is_contiguous();
  });
  if (!is_ours) return at::linalg_vector_norm(at::stack(at::_foreach_norm(tensors, 2)));
  std::vector<kernels::Span> spans;
  for (const torch::Tensor& t : tensors) spans.push_back({data_of(t), t.numel()});
  return torch::tensor(static_cast<float>(std::sqrt(kernels::square_sum(spans, on_threads))));
}

}  // namespace svgfusion::nn
