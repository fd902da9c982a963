// SPDX-License-Identifier: MIT
#include "svgfusion/diffusion/floor.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "svgfusion/base/error.h"
#include "svgfusion/base/progress.h"
#include "svgfusion/base/signals.h"
#include "svgfusion/evaluation/evaluate.h"
#include "svgfusion/model/latents.h"
#include "svgfusion/model/model_directory.h"
#include "svgfusion/nn/process.h"

namespace svgfusion::evaluation {
namespace {

using base::concat;
using nlohmann::json;

constexpr std::int64_t kDrawsAtOnce = 256;

json to_json(const diffusion::Floor& floor) {
  json buckets = json::array();
  for (const double x0 : floor.bucket_x0) buckets.push_back(std::isnan(x0) ? json() : json(x0));
  json out = {{"loss", floor.loss}, {"x0_error", floor.x0_error}, {"x0_error_by_time", buckets}};
  if (floor.loss_error > 0) out["loss_standard_error"] = floor.loss_error;
  return out;
}

// The denoiser's own losses at random latents, times and noises, with labels dropped as in
// training.
json denoiser_losses(model::Denoiser& denoiser, const diffusion::Process& process,
                     const torch::Tensor& x0, const torch::Tensor& labels, std::int64_t draws) {
  const torch::NoGradGuard no_grad;
  const torch::Device device = denoiser->parameters().front().device();
  double loss = 0;
  diffusion::FloorAverage average(process);
  base::Progress progress("denoise", "draws", draws);
  for (std::int64_t done = 0; done < draws; done += kDrawsAtOnce) {
    base::throw_if_stopped("svgfusion-eval");
    const std::int64_t count = std::min(kDrawsAtOnce, draws - done);
    const auto index = torch::randint(x0.size(0), {count}, torch::kLong);
    const auto clean = x0.index_select(0, index).to(device);
    const auto given = denoiser->drop_labels(labels.index_select(0, index).to(device),
                                             torch::rand({count}, clean.options()));
    const auto times = process.draw_timesteps(count, device);
    const diffusion::LossTerms terms = diffusion::denoising_loss(
        process,
        [&](const torch::Tensor& x, const torch::Tensor& time) {
          return denoiser->forward(x, time, given);
        },
        clean, torch::randn_like(clean), times);
    const auto simple = terms.bound.defined() ? terms.total - terms.bound : terms.total;
    loss += simple.item<double>() * static_cast<double>(count);
    average.add(times, terms.x0_error);
    progress.update(done + count);
  }
  diffusion::Floor out = average.take(false);
  out.loss = loss / static_cast<double>(draws);  // as training measures it
  return to_json(out);
}

}  // namespace

json floor(const FloorJob& job) {
  nn::set_up_process(job.threads);
  const model::Latents latents = model::load_latents(job.latents);
  diffusion::DiffusionConfig config = job.diffusion;
  double dropout = job.label_dropout;
  torch::Tensor x0 = job.latent_scale > 0 ? latents.values / job.latent_scale
                                          : (latents.values - latents.mean) / latents.std;
  model::Denoiser denoiser{nullptr};
  if (!job.model.empty()) {
    const model::ModelInfo info = model::load_info(job.model);
    denoiser = model::load_denoiser(job.model, info, model::device_from(job.device));
    const auto autoencoder = model::load_autoencoder(job.model, info, torch::kCPU);
    if (latents.autoencoder != model::autoencoder_hash(autoencoder)) {
      throw base::DataError(concat(job.latents.string(), ": was made by another autoencoder than ",
                                   job.model.string(), "; encode again with this model"));
    }
    config = info.diffusion;
    dropout = info.denoiser.label_dropout;
    x0 = denoiser->standardise(latents.values.to(denoiser->parameters().front().device()))
             .to(torch::kCPU);
  }
  const diffusion::Process process(config);
  at::manual_seed(static_cast<std::uint64_t>(job.seed));
  const diffusion::Floor gaussian =
      diffusion::gaussian_floor(process, diffusion::covariance_spectrum(x0));
  const diffusion::Floor empirical =
      diffusion::empirical_floor(process, x0, latents.labels, dropout, job.draws);
  json out = {{"latents", job.latents.string()},   {"count", x0.size(0)},
              {"schedule", config.schedule},       {"prediction", config.prediction},
              {"loss_weight", config.loss_weight}, {"label_dropout", dropout},
              {"gaussian", to_json(gaussian)},     {"empirical", to_json(empirical)}};
  if (!denoiser.is_empty()) {
    json found = denoiser_losses(denoiser, process, x0, latents.labels, job.draws);
    found["loss_over_gaussian"] = found["loss"].get<double>() / gaussian.loss;
    found["loss_over_empirical"] = found["loss"].get<double>() / empirical.loss;
    out["denoiser"] = found;
  }
  return out;
}

}  // namespace svgfusion::evaluation
