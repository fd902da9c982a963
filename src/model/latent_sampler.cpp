// SPDX-License-Identifier: MIT
#include "svgfusion/model/latent_sampler.h"

#include "svgfusion/base/error.h"
#include "svgfusion/base/random.h"

namespace svgfusion::model {
namespace {

// Standard normal numbers of each sample's own stream; draw 0 is the start, draw i + 1 step i.
torch::Tensor stream_noise(const std::vector<std::uint64_t>& seeds, std::uint64_t draw,
                           const DenoiserShape& shape) {
  const std::int64_t count = shape.latent_tokens * shape.latent_width;
  const auto out = torch::empty(
      {static_cast<std::int64_t>(seeds.size()), shape.latent_tokens, shape.latent_width});
  float* values = out.data_ptr<float>();
  for (const std::uint64_t seed : seeds) {
    base::Random random(base::mix_seed({seed, draw}));
    for (std::int64_t i = 0; i < count; ++i) *values++ = static_cast<float>(random.normal());
  }
  return out;
}

double noise_level(const diffusion::Process& process, double model_time) {
  if (!process.is_discrete()) return model_time / 1000;
  const auto step = static_cast<std::size_t>(std::llround(model_time));
  return std::sqrt(1 - process.alpha_bars()[step]);
}

}  // namespace

std::uint64_t sample_seed(std::uint64_t seed, std::int64_t label, std::int64_t index) {
  return base::mix_seed(
      {seed, static_cast<std::uint64_t>(label), static_cast<std::uint64_t>(index)});
}

diffusion::Denoise guided_denoiser(Denoiser& denoiser, const diffusion::Process& process,
                                   const SamplingConfig& config, const torch::Tensor& labels) {
  const auto none = torch::full_like(labels, denoiser->null_label());
  const auto both = torch::cat({labels, none});
  return [&denoiser, &process, config, labels, both](const torch::Tensor& x,
                                                     const torch::Tensor& time) {
    const double level = noise_level(process, time[0].item<double>());
    const bool guides =
        config.guidance != 1 && level >= config.guidance_low && level <= config.guidance_high;
    if (!guides) return denoiser->forward(x, time, labels);
    const diffusion::Output out =
        denoiser->forward(torch::cat({x, x}), torch::cat({time, time}), both);
    const auto half = [&](const torch::Tensor& t, int part) {
      return t.defined() ? t.chunk(2, 0)[static_cast<std::size_t>(part)] : t;
    };
    return diffusion::guided({half(out.prediction, 0), half(out.variance, 0)},
                             {half(out.prediction, 1), half(out.variance, 1)}, config.guidance);
  };
}

torch::Tensor sample_latents(Denoiser& denoiser, const diffusion::Process& process,
                             const SamplingConfig& config, const SampleRequest& request,
                             const std::function<void(std::int64_t)>& progress) {
  const torch::NoGradGuard no_grad;
  SVGFUSION_CHECK(request.labels.size() == request.seeds.size() && !request.labels.empty());
  const bool was_training = denoiser->is_training();
  denoiser->eval();  // label dropout must not act
  const torch::Device device = denoiser->parameters().front().device();
  const DenoiserShape& shape = denoiser->shape();
  const auto labels = torch::tensor(request.labels, torch::kLong).to(device);
  const auto noise = [&](std::uint64_t draw) {
    return stream_noise(request.seeds, draw, shape).to(device);
  };
  const auto start = request.start.defined() ? request.start.to(device) : noise(0);
  const auto x = diffusion::sample(
      process, guided_denoiser(denoiser, process, config, labels), start,
      {config.sampler, config.steps, config.eta},
      [&](std::int64_t step) { return noise(static_cast<std::uint64_t>(step) + 1); }, progress);
  const auto latents = denoiser->unstandardise(x);
  denoiser->train(was_training);
  return latents;
}

}  // namespace svgfusion::model
