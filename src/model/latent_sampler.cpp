// SPDX-License-Identifier: MIT
#include "svgfusion/model/latent_sampler.h"

#include <map>
#include <memory>

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

constexpr double kThesisDeviation = 0.7;  // of all samples of a request together

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

torch::Tensor random_latents(const std::vector<std::uint64_t>& seeds, const DenoiserShape& shape) {
  return stream_noise(seeds, 0, shape);
}

diffusion::Denoise guided_denoiser(Denoiser& denoiser, const diffusion::Process& process,
                                   const SamplingConfig& config, const torch::Tensor& labels,
                                   bool as_in_thesis) {
  const std::int64_t null_label = as_in_thesis ? labels.size(0) : denoiser->null_label();
  if (null_label > denoiser->null_label()) {
    throw base::UsageError(
        base::concat("--compat thesis takes the number of samples, here ", null_label,
                     ", as the label that means none; the model's table ends at ",
                     denoiser->null_label(), ": ask for fewer samples"));
  }
  // One row for each distinct label and a last one for none: all samples are at the same time.
  const auto host = labels.to(torch::kCPU);
  std::map<std::int64_t, std::int64_t> row_of_label;
  for (std::int64_t i = 0; i < host.size(0); ++i) row_of_label[host[i].item<std::int64_t>()] = 0;
  std::vector<std::int64_t> distinct;
  for (auto& [label, row] : row_of_label) {
    row = static_cast<std::int64_t>(distinct.size());
    distinct.push_back(label);
  }
  const auto none = static_cast<std::int64_t>(distinct.size());
  std::vector<std::int64_t> rows;
  for (std::int64_t i = 0; i < host.size(0); ++i)
    rows.push_back(row_of_label[host[i].item<std::int64_t>()]);
  const auto tensor = [&](const std::vector<std::int64_t>& values) {
    return torch::tensor(values, torch::kLong).to(labels.device());
  };
  const auto conditional = tensor(rows);
  const auto labels_of_rows = tensor(distinct);
  distinct.push_back(null_label);
  const auto with_none = tensor(distinct);
  const auto both = torch::cat({conditional, torch::full_like(conditional, none)});
  const auto frozen = std::make_shared<FrozenDenoiser>(denoiser);
  return [frozen, &process, config, conditional, labels_of_rows, with_none, both, as_in_thesis](
             const torch::Tensor& x, const torch::Tensor& time) {
    const double level = noise_level(process, time[0].item<double>());
    const bool guides =
        config.guidance != 1 && level >= config.guidance_low && level <= config.guidance_high;
    const auto times = [&](const torch::Tensor& of) { return time[0].expand({of.size(0)}); };
    if (!guides) return frozen->forward(x, times(labels_of_rows), labels_of_rows, conditional);
    const diffusion::Output out =
        frozen->forward(torch::cat({x, x}), times(with_none), with_none, both);
    const auto half = [&](const torch::Tensor& t, int part) {
      return t.defined() ? t.chunk(2, 0)[static_cast<std::size_t>(part)] : t;
    };
    return diffusion::guided({half(out.prediction, 0), half(out.variance, 0)},
                             {half(out.prediction, 1), half(out.variance, 1)}, config.guidance,
                             as_in_thesis);
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
  diffusion::Observe observe;
  if (request.observe) {
    observe = [&](std::int64_t step, const torch::Tensor& x_t, const torch::Tensor& x0) {
      request.observe(step, denoiser->unstandardise(x_t), denoiser->unstandardise(x0));
    };
  }
  const auto x = diffusion::sample(
      process, guided_denoiser(denoiser, process, config, labels, request.as_in_thesis), start,
      {config.sampler, config.steps, config.eta, config.spacing},
      [&](std::int64_t step) { return noise(static_cast<std::uint64_t>(step) + 1); }, progress,
      observe);
  const auto latents =
      request.as_in_thesis ? x / x.std() * kThesisDeviation : denoiser->unstandardise(x);
  denoiser->train(was_training);
  return latents;
}

}  // namespace svgfusion::model
