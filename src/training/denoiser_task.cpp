// SPDX-License-Identifier: MIT
#include <algorithm>

#include "svgfusion/base/text.h"
#include "svgfusion/diffusion/floor.h"
#include "svgfusion/model/latent_sampler.h"
#include "svgfusion/render/sheet.h"
#include "svgfusion/training/batches.h"
#include "svgfusion/training/task.h"

namespace svgfusion::training {
namespace {

constexpr std::int64_t kPreviewLabels = 24;
constexpr std::int64_t kPreviewSamples = 8;  // a label
constexpr std::int64_t kValidationStep = 0;

class DenoiserTask : public Task {
 public:
  DenoiserTask(const ExperimentConfig& config, const LatentSet& latents,
               const model::ModelInfo& info, model::Denoiser model, model::Autoencoder autoencoder,
               torch::Device device)
      : config_(config),
        info_(info),
        process_(config.diffusion),
        model_(std::move(model)),
        autoencoder_(std::move(autoencoder)),
        device_(device),
        train_(standardised(latents.train)),
        validation_(standardised(latents.validation)),
        spectrum_(diffusion::covariance_spectrum(train_.latents.to(torch::kCPU)).to(device)),
        fingerprint_(latents.fingerprint),
        order_(static_cast<std::uint64_t>(config.training.seed), train_.latents.size(0), device) {
    process_.to(device);
    if (process_.is_discrete())
      floors_of_steps_ = floors(torch::arange(process_.steps(), train_.labels.options()));
  }

  std::string name() const override { return "denoiser"; }
  torch::nn::Module& module() override { return *model_; }
  const StageConfig& stage() const override { return config_.training.denoiser; }
  torch::Device device() const override { return device_; }
  std::string data_fingerprint() const override { return fingerprint_; }

  void prepare(std::int64_t step, const Part& part) override {
    part_ = part;
    const auto indices = order_.on_device(step, stage().batch_size, part);
    // Always the same memory, which a graph has seen.
    if (!indices_.defined() || indices_.size(0) != indices.size(0))
      indices_ = torch::empty_like(indices);
    indices_.copy_(indices);
    seed_step(static_cast<std::uint64_t>(config_.training.seed), name(), step);
  }

  StepMetrics loss() override { return terms(train_, indices_, part_, stage().batch_size, true); }
  bool is_capturable() const override { return true; }

  // Losses against what a perfect denoiser of Gaussian latents would score.
  void finish(Metrics& means) const override {
    means["loss_over_floor"] = means["simple_loss"] / means["floor"];
    means.erase("floor");
    for (std::int64_t i = 0; i < diffusion::kTimeBuckets; ++i) {
      const double error = means[base::concat("bucket_error_", i)];
      const double floor = means[base::concat("bucket_floor_", i)];
      if (floor > 0) means[base::concat("x0_over_floor_", i)] = error / floor;
      means.erase(base::concat("bucket_error_", i));
      means.erase(base::concat("bucket_floor_", i));
    }
  }

  Metrics validate() override {
    Metrics out = measure(train_, "train_");
    if (validation_.latents.size(0) > 0) out.merge(measure(validation_, "validation_"));
    return out;
  }

  void preview(const std::filesystem::path& sheet) override {
    const auto labels =
        std::min(kPreviewLabels, static_cast<std::int64_t>(info_.label_names.size()));
    model::SampleRequest request;
    for (std::int64_t label = 0; label < labels; ++label) {
      for (std::int64_t i = 0; i < kPreviewSamples; ++i) {
        request.labels.push_back(label);
        request.seeds.push_back(model::sample_seed(0, label, i));
      }
    }
    const auto latents = model::sample_latents(model_, process_, config_.sampling, request);
    const std::vector<icon::TokenIcon> tokens =
        autoencoder_->decode(latents, torch::tensor(request.labels, torch::kLong));
    std::vector<render::SheetRow> rows;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      if (i % kPreviewSamples == 0) rows.push_back({info_.label_names[i / kPreviewSamples], {}});
      rows.back().icons.push_back(icon::from_tokens(tokens[i], info_.styles));
    }
    render::write_sheet(sheet, rows);
  }

 private:
  LabelledLatents standardised(const LabelledLatents& raw) const {
    return {model_->standardise(raw.latents.to(device_)), raw.labels.to(device_)};
  }

  // The loss on fixed rows, noise and times, the same for every set: numbers to compare between
  // steps, and between what is trained on and what is not.
  Metrics measure(const LabelledLatents& set, const std::string& prefix) {
    const torch::NoGradGuard no_grad;
    seed_step(static_cast<std::uint64_t>(config_.training.seed), name() + " validation",
              kValidationStep);
    const auto indices =
        torch::randint(set.latents.size(0), {std::max<std::int64_t>(1024, stage().batch_size)},
                       torch::TensorOptions().dtype(torch::kLong).device(device_));
    Metrics found;
    for (const auto& [key, value] : terms(set, indices, {}, indices.size(0), false)) {
      if (value.dim() == 0) found[key] = value.item<double>();
    }
    Metrics out{{prefix + "loss_over_floor", found.at("simple_loss") / found.at("floor")}};
    found.erase("floor");
    for (const auto& [key, value] : found) out[prefix + key] = value;
    return out;
  }

  // The share of a part, whose latents are the rows `indices` of the set, of a batch of `batch`
  // latents. Random numbers are drawn for the whole batch, so that they do not depend on how it is
  // cut.
  StepMetrics terms(const LabelledLatents& set, const torch::Tensor& indices, const Part& part,
                    std::int64_t batch, bool drops_labels) {
    const auto mine = [&](const torch::Tensor& of_batch) {
      return of_batch.narrow(0, part.begin(batch), part.size(batch));
    };
    const auto x0 = set.latents.index_select(0, indices);  // [B, T, D]
    auto labels = set.labels.index_select(0, indices);
    if (drops_labels) {
      labels = model_->drop_labels(labels, mine(torch::rand({batch}, x0.options())));
    }
    const auto times = mine(process_.draw_timesteps(batch, device_));
    const auto noise = mine(torch::randn({batch, x0.size(1), x0.size(2)}, x0.options()));
    const diffusion::Denoise denoise = [&](const torch::Tensor& x, const torch::Tensor& time) {
      return model_->forward(x, time, labels);
    };
    const diffusion::LossTerms terms =
        diffusion::denoising_loss(process_, denoise, x0, noise, times);
    StepMetrics metrics{{"loss", terms.total}, {"x0_error", terms.x0_error.mean()}};
    metrics["simple_loss"] = terms.bound.defined() ? terms.total - terms.bound : terms.total;
    if (terms.bound.defined()) metrics["bound"] = terms.bound;
    add_floors(times, terms.x0_error, metrics);
    if (!part.is_whole()) {
      const double share = static_cast<double>(part.size(batch)) / static_cast<double>(batch);
      for (auto& [key, value] : metrics) value = value * share;
    }
    return metrics;
  }

  // What a perfect denoiser of Gaussian latents would score at some times.
  struct Floors {
    torch::Tensor values;   // [B, 2] f64: of x0's error, and as the loss weighs it
    torch::Tensor buckets;  // [B] i64

    Floors at(const torch::Tensor& indices) const {
      return {values.index_select(0, indices), buckets.index_select(0, indices)};
    }
  };
  Floors floors(const torch::Tensor& times) const {
    const diffusion::Levels levels = process_.levels(times);
    const auto floor = diffusion::gaussian_floor(spectrum_, levels);
    const auto weighted = floor * diffusion::loss_weight(process_, levels).flatten();
    return {torch::stack({floor, weighted}, 1), diffusion::time_buckets(process_, times)};
  }

  void add_floors(const torch::Tensor& times, const torch::Tensor& x0_error,
                  StepMetrics& metrics) const {
    const torch::NoGradGuard no_grad;
    const Floors found = process_.is_discrete() ? floors_of_steps_.at(times) : floors(times);
    metrics["floor"] = found.values.select(1, 1).mean();
    const auto shares =
        torch::zeros({diffusion::kTimeBuckets, 2}, found.values.options())
            .index_add(0, found.buckets,
                       torch::stack({x0_error.to(torch::kDouble), found.values.select(1, 0)}, 1)) /
        static_cast<double>(times.size(0));
    metrics["bucket_error"] = shares.select(1, 0);
    metrics["bucket_floor"] = shares.select(1, 1);
  }

  const ExperimentConfig& config_;
  const model::ModelInfo& info_;
  diffusion::Process process_;
  model::Denoiser model_;
  model::Autoencoder autoencoder_;
  torch::Device device_;
  LabelledLatents train_, validation_;  // standardised, on the device
  torch::Tensor spectrum_;  // [T D] f64: variances of the latents along their principal axes
  Floors floors_of_steps_;  // of every timestep, where there are timesteps
  std::string fingerprint_;
  EpochOrder order_;
  Part part_;
  torch::Tensor indices_;  // of the prepared part's latents: i64, on the device
};

}  // namespace

std::unique_ptr<Task> make_denoiser_task(const ExperimentConfig& config, const LatentSet& latents,
                                         const model::ModelInfo& info, model::Denoiser model,
                                         model::Autoencoder autoencoder, torch::Device device) {
  return std::make_unique<DenoiserTask>(config, latents, info, std::move(model),
                                        std::move(autoencoder), device);
}

}  // namespace svgfusion::training
