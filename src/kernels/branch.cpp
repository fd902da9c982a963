// SPDX-License-Identifier: MIT
// The CPU's form of what runs on a GPU: the tests hold the CUDA kernels against it.
#include "svgfusion/kernels/branch.h"

#include <cmath>
#include <vector>

#include "bfloat16_value.h"
#include "gelu_value.h"

namespace svgfusion::kernels {
namespace {

constexpr std::int64_t kGrain = 4;  // rows

std::int64_t modulation_of(const BranchSizes& s, std::int64_t row) {
  return (s.rows == nullptr ? row : s.rows[row]) * s.stride;
}

}  // namespace

void residual_norm(const float* x, const BranchEnd& branch, const Bfloat16* shift,
                   const Bfloat16* scale, float epsilon, float* sum, float* statistics, Bfloat16* y,
                   const BranchSizes& s, const Parallel& parallel) {
  parallel(s.samples, kGrain, [&](std::int64_t begin, std::int64_t end) {
    std::vector<float> row(static_cast<std::size_t>(s.width));
    for (std::int64_t r = begin; r < end; ++r) {
      const std::int64_t first = r * s.width, modulation = modulation_of(s, r);
      float total = 0;
      for (std::int64_t i = 0; i < s.width; ++i) {
        float& v = row[static_cast<std::size_t>(i)] = x[first + i];
        if (branch.h != nullptr) {
          v += widened(branch.gate[modulation + i]) *
               (widened(branch.h[first + i]) + branch.bias[i]);
          sum[first + i] = v;
        }
        total += v;
      }
      const float mean = total / static_cast<float>(s.width);
      float squares = 0;
      for (const float v : row) squares += (v - mean) * (v - mean);
      const float inverse = 1 / std::sqrt(squares / static_cast<float>(s.width) + epsilon);
      for (std::int64_t i = 0; i < s.width; ++i) {
        const float normal = (row[static_cast<std::size_t>(i)] - mean) * inverse;
        y[first + i] =
            rounded(normal * (1 + widened(scale[modulation + i])) + widened(shift[modulation + i]));
      }
      statistics[2 * r] = mean;
      statistics[2 * r + 1] = inverse;
    }
  });
}

void residual_norm_gradient(const Bfloat16* up, bool is_last, const float* sum,
                            const float* statistics, const Bfloat16* scale, const BranchEnd& branch,
                            float* through, const BranchGradients& out, const BranchSizes& s,
                            const Parallel& parallel) {
  parallel(s.samples, kGrain, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t r = begin; r < end; ++r) {
      const std::int64_t first = r * s.width, modulation = r * s.stride;
      const float mean = statistics[2 * r], inverse = statistics[2 * r + 1];
      const auto normal = [&](std::int64_t i) { return (sum[first + i] - mean) * inverse; };
      const auto of_normal = [&](std::int64_t i) {
        return widened(up[first + i]) * (1 + widened(scale[modulation + i]));
      };
      float total = 0, product = 0;
      for (std::int64_t i = 0; i < s.width; ++i) {
        total += of_normal(i);
        product += of_normal(i) * normal(i);
        out.shift[modulation + i] = up[first + i];
        out.scale[modulation + i] = rounded(widened(up[first + i]) * normal(i));
      }
      total /= static_cast<float>(s.width);
      product /= static_cast<float>(s.width);
      for (std::int64_t i = 0; i < s.width; ++i) {
        float g = (of_normal(i) - total - normal(i) * product) * inverse;
        if (!is_last) g += through[first + i];
        through[first + i] = g;
        if (branch.h == nullptr) continue;
        out.gate[modulation + i] = rounded(g * (widened(branch.h[first + i]) + branch.bias[i]));
        out.h[first + i] = rounded(g * widened(branch.gate[modulation + i]));
      }
    }
  });
}

void bias_gelu(const Bfloat16* x, const float* bias, Bfloat16* y, std::int64_t rows,
               std::int64_t width, const Parallel& parallel) {
  parallel(rows, kGrain, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin * width; i < end * width; ++i)
      y[i] = rounded(gelu_value(widened(x[i]) + bias[i % width]));
  });
}

void bias_gelu_gradient(const Bfloat16* up, const Bfloat16* x, const float* bias, Bfloat16* dx,
                        std::int64_t rows, std::int64_t width, const Parallel& parallel) {
  parallel(rows, kGrain, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin * width; i < end * width; ++i)
      dx[i] = rounded(widened(up[i]) * gelu_slope(widened(x[i]) + bias[i % width]));
  });
}

}  // namespace svgfusion::kernels
