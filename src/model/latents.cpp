// SPDX-License-Identifier: MIT
#include "svgfusion/model/latents.h"

#include <nlohmann/json.hpp>
#include <numeric>

#include "svgfusion/base/error.h"
#include "svgfusion/base/json.h"
#include "svgfusion/model/model_directory.h"
#include "svgfusion/model/weights.h"

namespace svgfusion::model {
namespace {

using base::concat;
using base::DataError;
using nlohmann::json;

constexpr double kSmallestStd = 1e-4;

}  // namespace

void set_statistics(Latents& latents, bool over_tokens) {
  const auto all = latents.values.to(torch::kDouble);
  const auto values = over_tokens ? all.flatten(0, 1).unsqueeze(1) : all;  // [N T, 1, D]
  const auto of_tokens = [&](const torch::Tensor& t) {
    return t.to(torch::kFloat).expand({all.size(1), all.size(2)}).contiguous();
  };
  latents.mean = of_tokens(values.mean(0));
  latents.std = of_tokens(values.std(0, false).clamp_min(kSmallestStd));
}

void set_latent_scale(Denoiser& denoiser, const Latents& latents) {
  const double scale = denoiser->config().latent_scale;
  if (scale > 0) {
    denoiser->set_statistics(torch::zeros_like(latents.mean), torch::full_like(latents.std, scale));
  } else {
    denoiser->set_statistics(latents.mean, latents.std);
  }
}

Latents encode_dataset(Autoencoder& model, const dataset::Dataset& data, std::int64_t batch_size,
                       const std::function<void(std::int64_t)>& progress) {
  const torch::NoGradGuard no_grad;
  const bool was_training = model->is_training();
  model->eval();
  const torch::Device device = model->parameters().front().device();
  std::vector<torch::Tensor> parts;
  for (std::int64_t begin = 0; begin < data.size(); begin += batch_size) {
    if (progress) progress(begin);
    std::vector<std::int64_t> indices(
        static_cast<std::size_t>(std::min(batch_size, data.size() - begin)));
    std::iota(indices.begin(), indices.end(), begin);
    parts.push_back(model->encode(make_batch(data, indices, device)).mean.to(torch::kCPU));
  }
  model->train(was_training);
  Latents out;
  out.values = torch::cat(parts).to(torch::kFloat).contiguous();
  out.labels = torch::tensor(std::vector<std::int64_t>(data.labels().begin(), data.labels().end()),
                             torch::kLong);
  for (std::int64_t i = 0; i < data.size(); ++i) out.names.emplace_back(data.name(i));
  out.label_names = data.info().label_names;
  out.autoencoder = autoencoder_hash(model);
  out.dataset = data.fingerprint();
  set_statistics(out, model->config().is_per_contour());
  return out;
}

void save_latents(const std::filesystem::path& path, const Latents& latents) {
  std::vector<std::int64_t> name_offsets{0};
  std::string names;
  for (const std::string& name : latents.names) {
    names += name;
    name_offsets.push_back(static_cast<std::int64_t>(names.size()));
  }
  const auto bytes = torch::empty({static_cast<std::int64_t>(names.size())}, torch::kByte);
  if (!names.empty()) std::copy(names.begin(), names.end(), bytes.data_ptr<std::uint8_t>());
  const json meta = {{"format_version", kLatentsVersion},
                     {"autoencoder", latents.autoencoder},
                     {"dataset", latents.dataset},
                     {"label_names", latents.label_names}};
  save_tensors(path,
               {{"latents", latents.values},
                {"labels", latents.labels.to(torch::kInt)},
                {"mean", latents.mean},
                {"std", latents.std},
                {"name_offsets", torch::tensor(name_offsets, torch::kLong)},
                {"names", bytes}},
               {{"svgfusion_latents", meta.dump()}});
}

Latents load_latents(const std::filesystem::path& path) {
  const base::SafetensorsFile file(path);
  const std::string where = path.string();
  Latents out;
  try {
    const json meta =
        base::parse_json(file.metadata_value("svgfusion_latents"), where + ": metadata");
    if (meta.at("format_version") != kLatentsVersion) {
      throw DataError(concat(where, ": is a latents file of format version ",
                             meta.at("format_version").dump(), "; this program reads version ",
                             kLatentsVersion));
    }
    out.autoencoder = meta.at("autoencoder");
    out.dataset = meta.at("dataset");
    out.label_names = meta.at("label_names").get<std::vector<std::string>>();
  } catch (const json::exception& error) {
    throw DataError(concat(where, ": the latents' description is damaged: ", error.what()));
  }
  file.array<float>("latents", {-1, -1, -1});
  const std::vector<std::int64_t>& shape = file.tensor("latents").shape;
  file.array<std::int32_t>("labels", {shape[0]});
  file.array<float>("mean", {shape[1], shape[2]});
  file.array<float>("std", {shape[1], shape[2]});
  const auto offsets = file.array<std::int64_t>("name_offsets", {shape[0] + 1});
  const auto names = file.array<std::uint8_t>("names", {-1});
  for (std::size_t i = 0; i + 1 < offsets.size(); ++i) {
    if (offsets[i] < 0 || offsets[i] > offsets[i + 1] ||
        offsets[i + 1] > static_cast<std::int64_t>(names.size())) {
      throw DataError(concat(where, ": name_offsets do not rise from 0 to ", names.size()));
    }
    out.names.emplace_back(names.begin() + offsets[i], names.begin() + offsets[i + 1]);
  }
  out.values = to_tensor(file.tensor("latents"));
  out.labels = to_tensor(file.tensor("labels")).to(torch::kLong);
  out.mean = to_tensor(file.tensor("mean"));
  out.std = to_tensor(file.tensor("std"));
  if (!at::isfinite(out.values).all().item<bool>())
    throw DataError(concat(where, ": holds numbers that are not finite"));
  return out;
}

}  // namespace svgfusion::model
