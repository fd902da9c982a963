// SPDX-License-Identifier: MIT
#include "svgfusion/model/autoencoder.h"

#include "svgfusion/model/deepsvg.h"
#include "svgfusion/model/ragged_autoencoder.h"

namespace svgfusion::model {

Autoencoder make_autoencoder(const AutoencoderConfig& config, const AutoencoderShape& shape) {
  if (config.architecture == "deepsvg") {
    return std::make_shared<DeepSvgImpl>(config, shape);
  }
  return std::make_shared<RaggedAutoencoderImpl>(config, shape);
}

std::int64_t latent_tokens_of(const AutoencoderConfig& config, const icon::TokenLimits& limits) {
  return config.is_per_contour() ? limits.max_contours : config.latent_tokens;
}

torch::Tensor AutoencoderImpl::kl_of(const Encoded& encoded) {
  const auto& s = encoded.log_sigma2;
  return -0.5 * (1 + s - encoded.mean.square() - s.exp()).mean({1, 2});
}

void AutoencoderImpl::apply(const LossFactors& factors, Losses& losses) {
  for (const auto& [name, factor] : factors) {
    const auto found = losses.find(name);
    if (found != losses.end()) found->second = found->second * factor;
  }
}

}  // namespace svgfusion::model
