// SPDX-License-Identifier: MIT
#include "svgfusion/model/model_directory.h"

#include <ATen/Context.h>

#include <nlohmann/json.hpp>

#include "svgfusion/base/error.h"
#include "svgfusion/base/files.h"
#include "svgfusion/base/json.h"
#include "svgfusion/base/random.h"
#include "svgfusion/config/config.h"
#include "svgfusion/dataset/style_json.h"
#include "svgfusion/model/weights.h"

namespace svgfusion::model {
namespace {

using base::CheckpointError;
using base::concat;
using nlohmann::json;
namespace fs = std::filesystem;

constexpr const char* kConfigFile = "config.json";
constexpr const char* kAutoencoderFile = "autoencoder.safetensors";
constexpr const char* kDenoiserFile = "denoiser.safetensors";

template <class Struct>
void read_part(const json& all, const char* name, const std::string& where, Struct& value) {
  config::Source source;
  source.values = std::make_shared<json>(all.at(name));
  source.prefix = name;
  try {
    config::read(source, value);
  } catch (const base::ConfigError& error) {
    throw CheckpointError(concat(where, ": ", error.what()));
  }
}

}  // namespace

DenoiserShape ModelInfo::denoiser_shape() const {
  return {autoencoder.latent_tokens, autoencoder.latent_width,
          static_cast<std::int64_t>(label_names.size()), diffusion.variance == "learned_range"};
}

void save_info(const fs::path& directory, const ModelInfo& info) {
  json out = {{"format_version", kModelVersion},
              {"autoencoder", config::dump(info.autoencoder)},
              {"limits",
               {{"max_contours", info.shape.limits.max_contours},
                {"max_commands_per_contour", info.shape.limits.max_commands_per_contour},
                {"max_commands", info.shape.limits.max_commands}}},
              {"grid_steps", icon::kGridSteps},
              {"grid_bits", info.shape.grid_bits},
              {"styles", dataset::styles_to_json(info.styles)},
              {"label_names", info.label_names},
              {"sampling", config::dump(info.sampling)}};
  if (info.has_denoiser) {
    out["denoiser"] = config::dump(info.denoiser);
    out["diffusion"] = config::dump(info.diffusion);
  }
  base::write_json(directory / kConfigFile, out);
}

void save_autoencoder(const fs::path& directory, const Autoencoder& model) {
  save_tensors(directory / kAutoencoderFile, named_tensors(*model),
               {{"svgfusion_model", "autoencoder"}});
}

void save_denoiser(const fs::path& directory, const Denoiser& model) {
  save_tensors(directory / kDenoiserFile, named_tensors(*model), {{"svgfusion_model", "denoiser"}});
}

ModelInfo load_info(const fs::path& directory) {
  const fs::path file = directory / kConfigFile;
  if (!fs::is_directory(directory) || !fs::exists(file)) {
    throw base::FileError(concat(directory.string(), ": is no model directory (it has no ",
                                 kConfigFile, "); expected the folder model/ of a run"));
  }
  const std::string where = file.string();
  const json all = base::read_json(file);
  ModelInfo info;
  try {
    const std::int64_t version = all.at("format_version");
    if (version != kModelVersion) {
      throw CheckpointError(concat(where, ": is a model of format version ", version,
                                   "; this program reads version ", kModelVersion));
    }
    if (all.at("grid_steps") != json(icon::kGridSteps)) {
      throw CheckpointError(concat(where, ": was trained on other grids than this program has"));
    }
    info.shape.grid_bits = all.value("grid_bits", icon::kLeastGridBits);  // older models: 8
    if (info.shape.grid_bits < icon::kLeastGridBits || info.shape.grid_bits > icon::kMostGridBits) {
      throw CheckpointError(concat(where, ": grid_bits is ", info.shape.grid_bits, "; expected ",
                                   icon::kLeastGridBits, " to ", icon::kMostGridBits));
    }
    read_part(all, "autoencoder", where, info.autoencoder);
    read_part(all, "sampling", where, info.sampling);
    const json& limits = all.at("limits");
    info.shape.limits = {limits.at("max_contours"), limits.at("max_commands_per_contour"),
                         limits.at("max_commands")};
    info.styles = dataset::styles_from_json(all.at("styles"), where);
    info.shape.styles = static_cast<std::int64_t>(info.styles.size());
    info.label_names = all.at("label_names").get<std::vector<std::string>>();
    info.has_denoiser = all.contains("denoiser");
    if (info.has_denoiser) {
      read_part(all, "denoiser", where, info.denoiser);
      read_part(all, "diffusion", where, info.diffusion);
    }
  } catch (const json::exception& error) {
    throw CheckpointError(concat(where, ": the model's description is damaged: ", error.what()));
  }
  return info;
}

Autoencoder load_autoencoder(const fs::path& directory, const ModelInfo& info,
                             torch::Device device) {
  Autoencoder model = make_autoencoder(info.autoencoder, info.shape);
  load_tensors(base::SafetensorsFile(directory / kAutoencoderFile), named_tensors(*model));
  model->to(device);
  model->eval();
  return model;
}

Denoiser load_denoiser(const fs::path& directory, const ModelInfo& info, torch::Device device) {
  if (!info.has_denoiser) {
    throw CheckpointError(
        concat(directory.string(),
               ": has no denoiser yet; train it with svgfusion-train --stage denoiser"));
  }
  Denoiser model(info.denoiser, info.denoiser_shape());
  load_tensors(base::SafetensorsFile(directory / kDenoiserFile), named_tensors(*model));
  model->to(device);
  model->eval();
  return model;
}

void check_fits(const dataset::Dataset& data, const ModelInfo& info) {
  const std::string where = data.path().string();
  const icon::TokenLimits& limits = info.shape.limits;
  if (data.info().limits.max_contours > limits.max_contours ||
      data.info().limits.max_commands_per_contour > limits.max_commands_per_contour) {
    throw base::DataError(concat(where,
                                 ": holds icons larger than the model's limits; prepare it with "
                                 "the limits that the model was trained with"));
  }
  if (data.info().grid_bits != info.shape.grid_bits) {
    throw base::DataError(concat(where, ": its coordinates have ", data.info().grid_bits,
                                 " bits, the model's ", info.shape.grid_bits,
                                 "; prepare it with data.grid_bits=", info.shape.grid_bits));
  }
  if (data.info().styles != info.styles) {
    throw base::DataError(
        concat(where, ": its table of ", data.info().styles.size(),
               " styles is not the model's of ", info.styles.size(),
               "; take the dataset that the model was trained on, or train on this one"));
  }
}

std::string autoencoder_hash(const Autoencoder& model) {
  std::uint64_t state = base::fnv1a("autoencoder");
  for (const auto& [name, tensor] : named_tensors(*model)) {
    const auto host = tensor.detach().to(torch::kCPU).contiguous();
    state = base::fnv1a(name, state);
    state = base::fnv1a({static_cast<const char*>(host.data_ptr()), host.nbytes()}, state);
  }
  return base::hex(state);
}

torch::Device device_from(const std::string& name, std::int64_t local_rank) {
  const bool has_cuda = at::hasCUDA();
  const std::int64_t devices = has_cuda ? static_cast<std::int64_t>(at::getNumGPUs()) : 1;
  const auto own = static_cast<c10::DeviceIndex>(local_rank % std::max<std::int64_t>(1, devices));
  if (name == "auto")
    return has_cuda ? torch::Device(torch::kCUDA, own) : torch::Device(torch::kCPU);
  if (name == "cpu") return torch::kCPU;
  const bool numbered = name.starts_with("cuda:") && name.size() > 5 && name.size() < 9 &&
                        name.find_first_not_of("0123456789", 5) == std::string::npos;
  if (name != "cuda" && !numbered) {
    throw base::UsageError(concat("--device is '", name, "'; expected auto, cpu, cuda or cuda:N"));
  }
  if (!has_cuda) {
    throw base::UsageError(
        concat("--device ", name,
               ": this machine shows no CUDA device to this program; use --device cpu"));
  }
  return {torch::kCUDA, numbered ? static_cast<c10::DeviceIndex>(std::stoi(name.substr(5))) : own};
}

}  // namespace svgfusion::model
