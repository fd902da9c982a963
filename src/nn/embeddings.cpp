// SPDX-License-Identifier: MIT
#include "svgfusion/nn/embeddings.h"

#include <torch/nn/init.h>

#include <cmath>

#include "svgfusion/base/error.h"

namespace svgfusion::nn {

torch::nn::Embedding make_table(std::int64_t rows, std::int64_t width) {
  torch::nn::Embedding table(rows, width);
  torch::nn::init::normal_(table->weight, 0, std::sqrt(2.0 / static_cast<double>(width)));
  return table;
}

torch::Tensor timestep_features(const torch::Tensor& t, std::int64_t width) {
  constexpr double kMaxPeriod = 10000;
  const std::int64_t half = width / 2;
  const auto options = torch::TensorOptions().device(t.device()).dtype(torch::kFloat);
  const auto frequencies = torch::exp(torch::arange(half, options) *
                                      (-std::log(kMaxPeriod) / static_cast<double>(half)));
  const auto angles =
      t.to(torch::kFloat).unsqueeze(1) * frequencies.unsqueeze(0);  // [B, width / 2]
  return torch::cat({angles.cos(), angles.sin()}, 1);
}

torch::Tensor square_sines(std::int64_t tokens, std::int64_t width) {
  const auto side = static_cast<std::int64_t>(std::llround(std::sqrt(static_cast<double>(tokens))));
  if (side * side != tokens || width % 4 != 0) {
    throw base::ConfigError(base::concat(
        "denoiser.token_code is sincos, which needs a square of tokens and a width divisible by 4; "
        "there are ",
        tokens, " tokens of width ", width));
  }
  constexpr double kMaxPeriod = 10000;
  const std::int64_t quarter = width / 4;
  const auto frequencies = torch::pow(
      kMaxPeriod, -torch::arange(quarter, torch::kDouble) / static_cast<double>(quarter));
  const auto place = torch::arange(tokens, torch::kLong);
  const auto code = [&](const torch::Tensor& at) {
    const auto angles = at.to(torch::kDouble).unsqueeze(1) * frequencies.unsqueeze(0);
    return torch::cat({angles.sin(), angles.cos()}, 1);
  };
  return torch::cat({code(place.remainder(side)), code(place.div(side, "floor"))}, 1)
      .to(torch::kFloat);
}

LabelEmbeddingImpl::LabelEmbeddingImpl(std::int64_t labels, std::int64_t width) : labels_(labels) {
  table_ = register_module("table", torch::nn::Embedding(labels + 1, width));
  torch::nn::init::normal_(table_->weight, 0, 0.02);
}

torch::Tensor LabelEmbeddingImpl::forward(const torch::Tensor& labels) {
  return table_->forward(labels);
}

}  // namespace svgfusion::nn
