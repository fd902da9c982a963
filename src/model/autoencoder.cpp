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

void AutoencoderImpl::apply(const LossNumbers& factors, Losses& losses) {
  for (const auto& [name, factor] : factors) {
    const auto found = losses.find(name);
    if (found != losses.end()) found->second = found->second * factor;
  }
}

}  // namespace svgfusion::model
