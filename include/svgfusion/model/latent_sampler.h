// SPDX-License-Identifier: MIT
// Sampling latents from a denoiser: guidance and one noise stream a sample.
#pragma once

#include <functional>

#include "svgfusion/diffusion/sampler.h"
#include "svgfusion/model/denoiser.h"
#include "svgfusion/model/sampling_config.h"

namespace svgfusion::model {

// Sample `index` of a label under a seed: the same whatever else is sampled with it.
std::uint64_t sample_seed(std::uint64_t seed, std::int64_t label, std::int64_t index);

struct SampleRequest {
  std::vector<std::int64_t> labels;  // one a sample
  std::vector<std::uint64_t> seeds;  // one a sample, of sample_seed
  torch::Tensor start;  // x_T [N, T, D] as the denoiser sees it; undefined: from the seeds
  // The thesis's sampling with its quirks: the label that means none is the number of samples,
  // guidance acts on the variance too, and all samples together are scaled to a standard deviation
  // of 0.7 in place of undoing the latents' scale.
  bool as_in_thesis = false;
  diffusion::Observe observe;  // sees latents in the autoencoder's units; may be empty
};

// N(0, 1) of each seed's own stream, [N, T, D]: the noise that sampling starts from.
torch::Tensor random_latents(const std::vector<std::uint64_t>& seeds, const DenoiserShape& shape);

// [N, T, D] in the autoencoder's units. `progress` is called before each step with its number.
torch::Tensor sample_latents(Denoiser& denoiser, const diffusion::Process& process,
                             const SamplingConfig& config, const SampleRequest& request,
                             const std::function<void(std::int64_t)>& progress = {});

// The denoiser with its labels and guidance as a function of x_t and time alone. Guidance acts
// where the noise level lies between guidance_low and guidance_high. The denoiser's weights must
// not change while the function lives.
diffusion::Denoise guided_denoiser(Denoiser& denoiser, const diffusion::Process& process,
                                   const SamplingConfig& config, const torch::Tensor& labels,
                                   bool as_in_thesis = false);

}  // namespace svgfusion::model
