// SPDX-License-Identifier: MIT
// What one stage trains: the loop knows nothing else about it.
#pragma once

#include <torch/types.h>

#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "svgfusion/dataset/dataset.h"
#include "svgfusion/model/model_directory.h"
#include "svgfusion/training/experiment.h"

namespace svgfusion::training {

// Scalars, or vectors of a few numbers, on the device, read back only at log steps. "loss" is what
// is minimised; a vector "name" is logged as name_0, name_1, …
using StepMetrics = std::map<std::string, torch::Tensor>;
using Metrics = std::map<std::string, double>;

class Task {
 public:
  virtual ~Task() = default;
  virtual std::string name() const = 0;  // "autoencoder" or "denoiser"
  virtual torch::nn::Module& module() = 0;
  virtual const StageConfig& stage() const = 0;
  virtual torch::Device device() const = 0;
  // Identifies what is trained on; a checkpoint of another is refused.
  virtual std::string data_fingerprint() const = 0;
  // The loss of step `step`, whose random numbers depend only on the seed and the step.
  virtual StepMetrics loss(std::int64_t step) = 0;
  // What a log line says, from the means of the steps since the last one: may add and remove.
  virtual void finish(Metrics&) const {}
  // With the weights as they are; the loop puts the averaged ones in place.
  virtual Metrics validate() = 0;
  virtual void preview(const std::filesystem::path& sheet) = 0;
};

// The icons of batch `step`: epochs are permutations of [0, count) drawn from the seed and the
// epoch; batches run on across their ends.
std::vector<std::int64_t> batch_indices(std::uint64_t seed, std::int64_t step,
                                        std::int64_t batch_size, std::int64_t count);

// Seeds torch's default generators for one step.
void seed_step(std::uint64_t seed, const std::string& stage, std::int64_t step);

std::unique_ptr<Task> make_autoencoder_task(const ExperimentConfig& config,
                                            const dataset::Dataset& data, model::Autoencoder model,
                                            torch::Device device);

struct LatentSet {
  torch::Tensor latents;  // [N, T, D] f32
  torch::Tensor labels;   // [N] i64
  std::string fingerprint;
};
std::unique_ptr<Task> make_denoiser_task(const ExperimentConfig& config, const LatentSet& latents,
                                         const model::ModelInfo& info, model::Denoiser model,
                                         model::Autoencoder autoencoder, torch::Device device);

}  // namespace svgfusion::training
