// SPDX-License-Identifier: MIT
#include "svgfusion/diffusion/floor.h"

#include <ATen/ops/linalg_eigvalsh.h>

#include <cmath>
#include <limits>

#include "svgfusion/base/error.h"

namespace svgfusion::diffusion {
namespace {

constexpr std::int64_t kBatch = 256;

}  // namespace

FloorAverage::FloorAverage(const Process& process)
    : process_(process),
      sums_(torch::zeros({kTimeBuckets}, torch::kDouble)),
      counts_(torch::zeros({kTimeBuckets}, torch::kDouble)) {}

void FloorAverage::add(const torch::Tensor& timesteps, const torch::Tensor& x0_error) {
  const auto host = timesteps.to(torch::kCPU);
  const auto error = x0_error.to(torch::kCPU, torch::kDouble);
  const auto weighted =
      error * loss_weight(process_, process_.levels(host)).flatten().to(torch::kDouble);
  const auto bucket = time_buckets(process_, host);
  sums_.index_add_(0, bucket, error);
  counts_.index_add_(0, bucket, torch::ones_like(error));
  loss_ += weighted.sum().item<double>();
  square_ += weighted.square().sum().item<double>();
}

Floor FloorAverage::take(bool is_exact) const {
  Floor out;
  const double count = counts_.sum().item<double>();
  out.loss = loss_ / count;
  out.x0_error = sums_.sum().item<double>() / count;
  const double variance = std::max(0.0, square_ / count - out.loss * out.loss);
  out.loss_error = is_exact ? 0 : std::sqrt(variance / count);
  for (std::int64_t b = 0; b < kTimeBuckets; ++b) {
    const double n = counts_[b].item<double>();
    out.bucket_x0.push_back(n > 0 ? sums_[b].item<double>() / n
                                  : std::numeric_limits<double>::quiet_NaN());
  }
  return out;
}

torch::Tensor time_buckets(const Process& process, const torch::Tensor& timesteps) {
  const auto share = process.is_discrete()
                         ? timesteps.to(torch::kDouble) / static_cast<double>(process.steps())
                         : 1 - timesteps.to(torch::kDouble);
  return (share * kTimeBuckets).to(torch::kLong).clamp(0, kTimeBuckets - 1);
}

torch::Tensor covariance_spectrum(const torch::Tensor& latents) {
  const auto rows = latents.flatten(1).to(torch::kDouble);
  const auto centred = rows - rows.mean(0, true);
  const auto covariance = centred.t().mm(centred) / static_cast<double>(rows.size(0));
  return at::linalg_eigvalsh(covariance).clamp_min(0);
}

torch::Tensor gaussian_floor(const torch::Tensor& variances, const Levels& levels) {
  const auto a2 = levels.signal.to(torch::kDouble).view({-1, 1}).square();
  const auto s2 = levels.noise.to(torch::kDouble).view({-1, 1}).square();
  const auto v = variances.to(torch::kDouble).view({1, -1});
  return (v * s2 / (a2 * v + s2).clamp_min(1e-300)).mean(1);
}

torch::Tensor loss_weight(const Process& process, const Levels& levels) {
  const DiffusionConfig& config = process.config();
  // A prediction measured in its own space has the plain weight, however small the noise.
  const double least = config.prediction == config.loss_weight ? 0 : config.min_noise;
  return x0_error_weight(prediction_from(config.loss_weight), levels, least);
}

Floor gaussian_floor(const Process& process, const torch::Tensor& variances, std::int64_t draws) {
  FloorAverage average(process);
  const auto add = [&](const torch::Tensor& timesteps) {
    average.add(timesteps, gaussian_floor(variances, process.levels(timesteps)));
  };
  if (process.is_discrete()) {
    add(torch::arange(process.steps(), torch::kLong));
  } else {
    for (std::int64_t done = 0; done < draws; done += kBatch)
      add(process.draw_timesteps(std::min(kBatch, draws - done), torch::kCPU));
  }
  return average.take(process.is_discrete());
}

torch::Tensor posterior_mean(const torch::Tensor& x_t, const Levels& levels,
                             const torch::Tensor& data, const torch::Tensor& prior) {
  const auto a = levels.signal.view({-1, 1});
  const auto s2 = levels.noise.view({-1, 1}).square().clamp_min(1e-12);
  // |x - a z|^2 without its part that is the same for every z.
  const auto away = a.square() * data.square().sum(1).unsqueeze(0) - 2 * a * x_t.mm(data.t());
  const auto chance = at::softmax(prior.log() - away / (2 * s2), 1);  // [B, N]
  return chance.mm(data);
}

Floor empirical_floor(const Process& process, const torch::Tensor& latents,
                      const torch::Tensor& labels, double label_dropout, std::int64_t draws) {
  const torch::NoGradGuard no_grad;
  const auto data = latents.flatten(1).to(torch::kDouble);
  FloorAverage average(process);
  for (std::int64_t done = 0; done < draws; done += kBatch) {
    const std::int64_t count = std::min(kBatch, draws - done);
    const auto index = torch::randint(data.size(0), {count}, torch::kLong);
    const auto timesteps = process.draw_timesteps(count, torch::kCPU);
    const Levels drawn = process.levels(timesteps);
    const Levels levels{drawn.signal.view({-1, 1}).to(torch::kDouble),
                        drawn.noise.view({-1, 1}).to(torch::kDouble)};
    const auto x0 = data.index_select(0, index);
    const auto x_t = levels.signal * x0 + levels.noise * torch::randn_like(x0);
    const auto same = labels.index_select(0, index).unsqueeze(1).eq(labels.unsqueeze(0));
    const auto unlabelled = torch::rand({count, 1}).lt(label_dropout);
    const auto prior = same.logical_or(unlabelled).to(torch::kDouble);  // [B, N]
    const auto error = (posterior_mean(x_t, levels, data, prior) - x0).square().mean(1);
    average.add(timesteps, error);
  }
  return average.take(false);
}

}  // namespace svgfusion::diffusion
