// SPDX-License-Identifier: MIT
#include "svgfusion/training/train.h"

#include <nlohmann/json.hpp>

#include "model_card.h"
#include "svgfusion/base/error.h"
#include "svgfusion/base/files.h"
#include "svgfusion/base/json.h"
#include "svgfusion/base/log.h"
#include "svgfusion/base/signals.h"
#include "svgfusion/model/latents.h"
#include "svgfusion/nn/kernel_use.h"
#include "svgfusion/nn/precision.h"
#include "svgfusion/nn/process.h"
#include "svgfusion/training/batches.h"
#include "svgfusion/training/loop.h"
#include "svgfusion/training/step_graph.h"

namespace svgfusion::training {
namespace {

using base::concat;
namespace fs = std::filesystem;

class Run {
 public:
  Run(const ExperimentConfig& config, const RunRequest& request)
      : config_(config),
        request_(request),
        device_(model::device_from(request.device, request.launch.local_rank)),
        scope_(device_),
        communicator_(make_communicator(request.launch, device_)),
        model_folder_(request.run / "model") {
    if (!communicator_->is_first()) return;
    base::ensure_folder(request.run);
    base::ensure_folder(model_folder_);
    for (const fs::path& folder : {request.run, model_folder_, request.run / "previews"})
      base::remove_leftovers(folder);
    base::start_log_file(request.run / "train.log");
    base::write_json(request.run / "config.json", config::dump(config));
  }
  ~Run() { base::stop_log_file(); }
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  void run() {
    if (config_.data.dataset.empty()) {
      throw base::ConfigError(
          "data.dataset is not set; name the dataset file that svgfusion-prepare wrote");
    }
    const dataset::Dataset data(config_.data.dataset);
    base::log_info(concat(
        base::count_of(data.size(), "icon"), ", ", base::count_of(data.label_count(), "label"),
        ", ", base::count_of(static_cast<std::int64_t>(data.info().styles.size()), "style"), " in ",
        config_.data.dataset, "; device ", device_.str(), ", ",
        base::count_of(request_.threads, "thread"),
        communicator_->world() > 1 ? concat(" in each of ", communicator_->world(), " processes")
                                   : ""));
    if (data.indices(dataset::Split::kTrain).empty())
      throw base::DataError(concat(config_.data.dataset, ": has no icon to train on"));
    const nn::KernelUse kernels(request_.kernels);
    const nn::ProductPrecision precision(nn::precision_from(config_.training.precision));
    if (wants("autoencoder")) train_autoencoder(data);
    if (wants("encode")) encode(data);
    if (wants("denoiser")) train_denoiser(data);
    if (communicator_->is_first()) write_model_card(model_folder_, config_, data);
    communicator_->finish();
  }

 private:
  bool wants(const char* stage) const { return request_.stage == "all" || request_.stage == stage; }

  LoopOptions loop_options() const {
    LoopOptions out{request_.run, {}, request_.resume == "never", request_.profile, request_.graph};
    if (request_.resume != "auto" && request_.resume != "never") {
      if (request_.stage == "all") {
        throw base::UsageError("--resume DIR continues one stage; name it with --stage");
      }
      out.resume = request_.resume;
    }
    return out;
  }

  model::ModelInfo fresh_info(const dataset::Dataset& data) const {
    model::ModelInfo info;
    info.autoencoder = config_.autoencoder;
    info.autoencoder.latent_tokens =
        model::latent_tokens_of(config_.autoencoder, data.info().limits);
    info.shape = {data.info().limits, static_cast<std::int64_t>(data.info().styles.size()),
                  data.info().grid_bits};
    info.styles = data.info().styles;
    info.label_names = data.info().label_names;
    info.sampling = config_.sampling;
    return info;
  }

  void train_autoencoder(const dataset::Dataset& data) {
    const model::ModelInfo info = fresh_info(data);
    seed_step(static_cast<std::uint64_t>(config_.training.seed), "autoencoder weights", 0);
    model::Autoencoder model = model::make_autoencoder(info.autoencoder, info.shape);
    model->to(device_);
    const auto task = make_autoencoder_task(config_, data, model, device_, device_.is_cuda());
    train_stage(*task, loop_options(), *communicator_);
    if (communicator_->is_first()) {
      model::save_autoencoder(model_folder_, model);
      model::save_info(model_folder_, info);
    }
    communicator_->barrier();  // the others read the files of the first
  }

  fs::path latents_file() const { return request_.run / "train.latents.safetensors"; }

  void encode(const dataset::Dataset& data) {
    if (communicator_->is_first()) encode_all(data);
    communicator_->barrier();
  }

  void encode_all(const dataset::Dataset& data) {
    const model::ModelInfo info = model::load_info(model_folder_);
    model::Autoencoder model = model::load_autoencoder(model_folder_, info, device_);
    const model::Latents latents = model::encode_dataset(
        model, data, 256, [](std::int64_t) { base::throw_if_stopped("encoding"); });
    model::save_latents(latents_file(), latents);
    base::log_info(concat("encoded ", base::count_of(data.size(), "icon")));
  }

  void train_denoiser(const dataset::Dataset& data) {
    model::ModelInfo info = model::load_info(model_folder_);
    model::Autoencoder autoencoder = model::load_autoencoder(model_folder_, info, device_);
    const model::Latents latents = model::load_latents(latents_file());
    if (latents.autoencoder != model::autoencoder_hash(autoencoder)) {
      throw base::DataError(concat(latents_file().string(),
                                   ": was made by another autoencoder; run --stage encode again"));
    }
    if (latents.dataset != data.fingerprint()) {
      throw base::DataError(concat(latents_file().string(),
                                   ": was made from another dataset; run --stage encode again"));
    }
    info.has_denoiser = true;
    info.denoiser = config_.denoiser;
    info.diffusion = config_.diffusion;
    info.sampling = config_.sampling;
    seed_step(static_cast<std::uint64_t>(config_.training.seed), "denoiser weights", 0);
    model::Denoiser model(info.denoiser, info.denoiser_shape());
    model::set_latent_scale(model, latents);
    model->to(device_);
    const auto rows_of = [&](dataset::Split split) -> LabelledLatents {
      const auto rows = torch::tensor(data.indices(split), torch::kLong);
      return {latents.values.index_select(0, rows), latents.labels.index_select(0, rows)};
    };
    const LatentSet set{rows_of(dataset::Split::kTrain), rows_of(dataset::Split::kValidation),
                        latents.dataset + latents.autoencoder};
    const auto task = make_denoiser_task(config_, set, info, model, autoencoder, device_);
    train_stage(*task, loop_options(), *communicator_);
    if (!communicator_->is_first()) return;
    model::save_denoiser(model_folder_, model);
    model::save_info(model_folder_, info);
  }

  const ExperimentConfig& config_;
  const RunRequest& request_;
  torch::Device device_;
  DeviceScope scope_;
  std::unique_ptr<Communicator> communicator_;
  fs::path model_folder_;
};

}  // namespace

void train(const ExperimentConfig& config, const RunRequest& request) {
  nn::set_up_process(request.threads);
  Run(config, request).run();
}

}  // namespace svgfusion::training
