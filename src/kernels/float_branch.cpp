// SPDX-License-Identifier: MIT
#include "svgfusion/kernels/float_branch.h"

#include <algorithm>

#include "tiles.h"

namespace svgfusion::kernels {
namespace {

constexpr std::int64_t kNormFlops = 64, kGeluFlops = 24;  // about, of a number

std::int64_t modulation_of(const BranchSizes& s, std::int64_t row) {
  return (s.rows == nullptr ? row : s.rows[row]) * s.stride;
}

// write(to): a run of numbers that are rounded while they are in the first cache.
template <class Write>
void put(const Operand& y, std::int64_t first, std::int64_t count, const Write& write) {
  if (y.rounded == nullptr) return write(y.numbers + first);
  float* run = y.numbers != nullptr ? y.numbers + first : scratch(0, count);
  write(run);
  best_set().rows.round(run, y.rounded + first, count);
}

}  // namespace

void residual_norm(const float* x, const FloatBranchEnd& branch, const float* shift,
                   const float* scale, float epsilon, float* sum, float* statistics,
                   const Operand& y, const BranchSizes& s, const Parallel& parallel) {
  const RowLoops& loops = best_set().rows;
  parallel(s.samples, grain_for(kNormFlops * s.width), [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t r = begin; r < end; ++r) {
      const std::int64_t first = r * s.width, modulation = modulation_of(s, r);
      const float* row = x + first;
      if (branch.h != nullptr) {
        loops.gated_residual(row, branch.gate + modulation, branch.h + first, sum + first, s.width);
        row = sum + first;
      }
      float own[2];
      put(y, first, s.width, [&](float* to) {
        loops.modulated_norm(row, shift + modulation, scale + modulation, epsilon, to,
                             statistics != nullptr ? statistics + 2 * r : own, s.width);
      });
    }
  });
}

void residual_norm_gradient(const float* up, bool is_last, const float* sum,
                            const float* statistics, const float* scale,
                            const FloatBranchEnd& branch, float* through,
                            const FloatBranchGradients& out, const BranchSizes& s,
                            const Parallel& parallel) {
  const RowLoops& loops = best_set().rows;
  parallel(s.samples, grain_for(kNormFlops * s.width), [&](std::int64_t begin, std::int64_t end) {
    float* const of_norm = scratch(1, s.width);
    for (std::int64_t r = begin; r < end; ++r) {
      const std::int64_t first = r * s.width, modulation = r * s.stride;
      float* const of_sum = through + first;
      std::fill_n(out.shift + modulation, s.width, 0.0F);
      std::fill_n(out.scale + modulation, s.width, 0.0F);
      loops.modulated_norm_gradient(up + first, sum + first, scale + modulation, statistics + 2 * r,
                                    is_last ? of_sum : of_norm, out.shift + modulation,
                                    out.scale + modulation, s.width);
      if (!is_last) loops.add(of_norm, of_sum, s.width);
      if (branch.h == nullptr) continue;
      std::fill_n(out.gate + modulation, s.width, 0.0F);
      put(out.h, first, s.width, [&](float* to) {
        loops.gated_residual_gradient(of_sum, branch.gate + modulation, branch.h + first,
                                      out.gate + modulation, to, s.width);
      });
    }
  });
}

void bias_gelu(const float* x, const float* bias, const Operand& y, std::int64_t rows,
               std::int64_t width, const Parallel& parallel) {
  parallel(rows, grain_for(kGeluFlops * width), [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t r = begin; r < end; ++r) {
      put(y, r * width, width,
          [&](float* to) { best_set().rows.bias_gelu(x + r * width, bias, to, width); });
    }
  });
}

// By columns, so that one thread sums a bias's gradient.
void bias_gelu_gradient(const float* up, const float* x, const float* bias, const Operand& dx,
                        float* dbias, std::int64_t rows, std::int64_t width,
                        const Parallel& parallel) {
  parallel(parts(width, kColumnBlock), grain_for(kGeluFlops * rows * kColumnBlock),
           [&](std::int64_t begin, std::int64_t end) {
             const std::int64_t first = begin * kColumnBlock;
             const std::int64_t count = std::min(end * kColumnBlock, width) - first;
             std::fill_n(dbias + first, count, 0.0F);
             for (std::int64_t r = 0; r < rows; ++r) {
               const std::int64_t at = r * width + first;
               put(dx, at, count, [&](float* to) {
                 best_set().rows.bias_gelu_gradient(up + at, x + at, bias + first, to,
                                                    dbias + first, count);
               });
             }
           });
}

}  // namespace svgfusion::kernels
