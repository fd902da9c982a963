// SPDX-License-Identifier: MIT
// A model directory: config.json, autoencoder.safetensors, denoiser.safetensors and model_card.md.
// A model's shape comes only from there.
#pragma once

#include <filesystem>
#include <optional>

#include "svgfusion/diffusion/diffusion_config.h"
#include "svgfusion/model/autoencoder.h"
#include "svgfusion/model/denoiser.h"
#include "svgfusion/model/sampling_config.h"

namespace svgfusion::model {

inline constexpr std::int64_t kModelVersion = 1;

struct ModelInfo {
  AutoencoderConfig autoencoder;
  AutoencoderShape shape;
  std::vector<icon::Style> styles;
  std::vector<std::string> label_names;
  bool has_denoiser = false;
  DenoiserConfig denoiser;
  diffusion::DiffusionConfig diffusion;
  SamplingConfig sampling;

  DenoiserShape denoiser_shape() const;
};

// Each file is written atomically; config.json last.
void save_info(const std::filesystem::path& directory, const ModelInfo& info);
void save_autoencoder(const std::filesystem::path& directory, const Autoencoder& model);
void save_denoiser(const std::filesystem::path& directory, const Denoiser& model);

// Throws FileError, DataError or CheckpointError.
ModelInfo load_info(const std::filesystem::path& directory);
Autoencoder load_autoencoder(const std::filesystem::path& directory, const ModelInfo& info,
                             torch::Device device);
Denoiser load_denoiser(const std::filesystem::path& directory, const ModelInfo& info,
                       torch::Device device);

// Whether the model can encode the dataset: its limits, grids and styles. Throws DataError.
void check_fits(const dataset::Dataset& data, const ModelInfo& info);

// Sixteen hex digits of the autoencoder's weights; latents name it.
std::string autoencoder_hash(const Autoencoder& model);

// The device that a --device value names: auto, cpu, cuda or cuda:N. Of several GPUs auto and cuda
// take the one of the process's rank on this machine. Throws UsageError.
torch::Device device_from(const std::string& name, std::int64_t local_rank = 0);

}  // namespace svgfusion::model
