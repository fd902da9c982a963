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
#include "svgfusion/training/part.h"

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

  // What of a part of step `step` the host does: which icons, and the seed of its random numbers,
  // which depend only on the configuration's seed, the step and, for what a model draws itself, the
  // part. Every loss follows a prepare.
  virtual void prepare(std::int64_t step, const Part& part) = 0;
  // The prepared part's share of the batch's loss and metrics.
  virtual StepMetrics loss() = 0;
  // Whether the `loss` of what was prepared is the same launches on the same memory as in all other
  // steps of which this is true, and never waits for the device, so that a CUDA graph can replay
  // it.
  virtual bool is_capturable() const { return false; }

  // What a log line says, from the means of the steps since the last one: may add and remove.
  virtual void finish(Metrics&) const {}
  // With the weights as they are; the loop puts the averaged ones in place.
  virtual Metrics validate() = 0;
  virtual void preview(const std::filesystem::path& sheet) = 0;
};

// With `fixed_shapes` batches are filled up to one size where the model allows it, so that steps
// are capturable but for the few batches that are larger: more work for fewer waits.
std::unique_ptr<Task> make_autoencoder_task(const ExperimentConfig& config,
                                            const dataset::Dataset& data, model::Autoencoder model,
                                            torch::Device device, bool fixed_shapes);

struct LabelledLatents {
  torch::Tensor latents;  // [N, T, D] f32
  torch::Tensor labels;   // [N] i64
};
struct LatentSet {
  LabelledLatents train;
  LabelledLatents validation;  // may have no rows
  std::string fingerprint;
};
std::unique_ptr<Task> make_denoiser_task(const ExperimentConfig& config, const LatentSet& latents,
                                         const model::ModelInfo& info, model::Denoiser model,
                                         model::Autoencoder autoencoder, torch::Device device);

}  // namespace svgfusion::training
