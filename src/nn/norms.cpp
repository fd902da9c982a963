// SPDX-License-Identifier: MIT
#include "svgfusion/nn/norms.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

#include "executor.h"
#include "rounded_products.h"
#include "svgfusion/base/error.h"
#include "svgfusion/kernels/product_norm.h"
#include "svgfusion/kernels/sums.h"

namespace svgfusion::nn {

namespace {

bool are_ours(const std::vector<torch::Tensor>& tensors) {
  return std::all_of(tensors.begin(), tensors.end(), [](const torch::Tensor& t) {
    return t.is_cpu() && takes_kernels(t) && t.is_contiguous();
  });
}

double square_sum(const std::vector<torch::Tensor>& tensors) {
  std::vector<kernels::Span> spans;
  for (const torch::Tensor& t : tensors) spans.push_back({data_of(t), t.numel()});
  return kernels::square_sum(spans, on_threads);
}

// measure(products): of those in float32 and of those in bfloat16, summed.
template <class Measure>
double of_products(const std::vector<LateGradient>& late, const Measure& measure) {
  std::vector<kernels::RowProduct<float>> products;
  std::vector<kernels::RowProduct<kernels::Bfloat16>> rounded;
  for (const LateGradient& g : late) {
    const kernels::ProductSizes sizes{g.x.size(0), g.x.size(1), g.up.size(1)};
    if (g.x.scalar_type() == torch::kBFloat16) {
      rounded.push_back({rounded_data_of(g.up), rounded_data_of(g.x), sizes});
    } else {
      products.push_back({data_of(g.up), data_of(g.x), sizes});
    }
  }
  return measure(products) + measure(rounded);
}

}  // namespace

torch::Tensor norm_of_all(const std::vector<torch::Tensor>& tensors,
                          const std::vector<LateGradient>& late) {
  if (!are_ours(tensors)) {
    SVGFUSION_CHECK(late.empty());
    return at::linalg_vector_norm(at::stack(at::_foreach_norm(tensors, 2)));
  }
  // Rounding may leave a little less than nothing of zeros.
  const double sum = square_sum(tensors) + of_products(late, [](const auto& products) {
                       return kernels::square_sum(products, on_threads);
                     });
  return torch::tensor(static_cast<float>(std::sqrt(sum < 0 ? 0 : sum)));
}

double norm_bound(const std::vector<torch::Tensor>& tensors,
                  const std::vector<LateGradient>& late) {
  SVGFUSION_CHECK(are_ours(tensors));
  return std::sqrt(square_sum(tensors) + of_products(late, [](const auto& products) {
                     return kernels::square_bound(products, on_threads);
                   }));
}

}  // namespace svgfusion::nn
