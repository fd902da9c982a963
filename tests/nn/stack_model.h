// SPDX-License-Identifier: MIT
// A small stack of a denoiser's blocks, and what they say one by one.
#pragma once

#include <torch/types.h>

#include <vector>

#include "svgfusion/nn/modulated_branch.h"
#include "svgfusion/nn/modulated_stack.h"
#include "svgfusion/nn/modulation.h"

namespace svgfusion::nn {

inline constexpr std::int64_t kRows = 6, kWidth = 128, kInner = 256, kBlocks = 3;
inline constexpr double kEpsilon = 1e-6;

// Parameters as views of one buffer, matrices first, as FlatParameters has them.
struct StackModel {
  std::vector<StackBlock> blocks{kBlocks};
  torch::Tensor values, x, modulation;

  StackModel() {
    at::manual_seed(1);
    std::int64_t size = 0;
    for (const bool matrices : {true, false})
      for_each(matrices, [&](torch::Tensor&, at::IntArrayRef shape) {
        size += c10::multiply_integers(shape);
      });
    values = torch::randn({size});
    std::int64_t offset = 0;
    for (const bool matrices : {true, false}) {
      for_each(matrices, [&](torch::Tensor& t, at::IntArrayRef shape) {
        const std::int64_t count = c10::multiply_integers(shape);
        t = values.narrow(0, offset, count).view(shape);
        t.mul_(1 / std::sqrt(static_cast<double>(shape.back()))).set_requires_grad(true);
        offset += count;
      });
    }
    x = torch::randn({kRows, kWidth}, torch::requires_grad());
    modulation = (0.5 * torch::randn({kRows, (6 * kBlocks + 2) * kWidth})).set_requires_grad(true);
  }

  template <class Visit>
  void for_each(bool matrices, const Visit& visit) {
    for (StackBlock& b : blocks) {
      if (matrices) {
        visit(b.qkv_weight, {3 * kWidth, kWidth});
        visit(b.out_weight, {kWidth, kWidth});
        visit(b.up_weight, {kInner, kWidth});
        visit(b.down_weight, {kWidth, kInner});
      } else {
        visit(b.qkv_bias, {3 * kWidth});
        visit(b.out_bias, {kWidth});
        visit(b.up_bias, {kInner});
        visit(b.down_bias, {kWidth});
      }
    }
  }

  torch::Tensor one_by_one(const torch::Tensor& rows = {}) {
    auto h = x.unsqueeze(1);
    const auto parts = modulation.split(kWidth, 1);
    std::size_t next = 0;
    for (const StackBlock& b : blocks) {
      const auto value = [](const torch::Tensor& t) { return t.narrow(0, 2 * kWidth, kWidth); };
      const BranchMaps maps[] = {
          {value(b.qkv_weight), value(b.qkv_bias), b.out_weight, b.out_bias, false},
          {b.up_weight, b.up_bias, b.down_weight, b.down_bias, true}};
      for (const BranchMaps& map : maps) {
        h = modulated_branch(h, {parts[next], parts[next + 1], parts[next + 2]}, map, kEpsilon,
                             rows);
        next += 3;
      }
    }
    return modulated_norm(h, parts[next], parts[next + 1], kEpsilon, rows).squeeze(1);
  }

  // As FrozenDenoiser leaves them, in another type.
  void freeze(torch::ScalarType type) {
    const torch::NoGradGuard no_grad;
    for (StackBlock& b : blocks) {
      const auto value = b.qkv_weight.narrow(0, 2 * kWidth, kWidth);
      b.merged_weight = b.out_weight.mm(value).to(type);
      b.merged_bias = b.out_weight.mv(b.qkv_bias.narrow(0, 2 * kWidth, kWidth)) + b.out_bias;
      b.up_weight = b.up_weight.to(type);
      b.down_weight = b.down_weight.to(type);
    }
  }

  std::vector<torch::Tensor> gradients() {
    std::vector<torch::Tensor> out{x.grad(), modulation.grad()};
    for (const bool matrices : {true, false})
      for_each(matrices, [&](torch::Tensor& t, at::IntArrayRef) { out.push_back(t.grad()); });
    return out;
  }
};

// ||a - b|| / ||b||
inline double distance(const torch::Tensor& a, const torch::Tensor& b) {
  return ((a.to(torch::kFloat) - b).norm() / b.norm()).item<double>();
}
inline constexpr double kRounding = 0.02;

}  // namespace svgfusion::nn
