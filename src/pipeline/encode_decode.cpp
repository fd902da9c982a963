// SPDX-License-Identifier: MIT
#include <map>

#include "output_folder.h"
#include "svgfusion/base/error.h"
#include "svgfusion/base/progress.h"
#include "svgfusion/base/signals.h"
#include "svgfusion/model/latents.h"
#include "svgfusion/model/model_directory.h"
#include "svgfusion/nn/process.h"
#include "svgfusion/pipeline/jobs.h"

namespace svgfusion::pipeline {

using base::concat;

std::int64_t encode(const EncodeJob& job) {
  nn::set_up_process(job.threads);
  const torch::Device device = model::device_from(job.device);
  const model::ModelInfo info = model::load_info(job.model);
  const dataset::Dataset data(job.data);
  model::check_fits(data, info);
  model::Autoencoder autoencoder = model::load_autoencoder(job.model, info, device);
  base::Progress progress("encode", "icons", data.size());
  const model::Latents latents =
      model::encode_dataset(autoencoder, data, job.batch_size, [&](std::int64_t done) {
        base::throw_if_stopped("svgfusion-encode");
        progress.update(done);
      });
  model::save_latents(job.output, latents);
  return data.size();
}

std::int64_t decode(const DecodeJob& job) {
  nn::set_up_process(job.threads);
  const torch::Device device = model::device_from(job.device);
  const model::ModelInfo info = model::load_info(job.model);
  model::Autoencoder autoencoder = model::load_autoencoder(job.model, info, device);
  const model::Latents latents = model::load_latents(job.latents);
  if (latents.autoencoder != model::autoencoder_hash(autoencoder)) {
    throw base::DataError(concat(job.latents.string(), ": was made by another autoencoder (",
                                 latents.autoencoder, ") than ", job.model.string(),
                                 "; encode again with this model"));
  }
  if (latents.values.size(1) != info.autoencoder.latent_tokens ||
      latents.values.size(2) != info.autoencoder.latent_width) {
    throw base::DataError(concat(job.latents.string(), ": its latents are ", latents.values.size(1),
                                 " x ", latents.values.size(2), ", the model's are ",
                                 info.autoencoder.latent_tokens, " x ",
                                 info.autoencoder.latent_width));
  }
  OutputFolder out(job.output, job.sheet, info.styles);
  const std::int64_t count = latents.values.size(0);
  std::map<std::int64_t, std::int64_t> numbers;  // files so far, a label
  base::Progress progress("decode", "icons", count);
  for (std::int64_t begin = 0; begin < count; begin += job.batch_size) {
    base::throw_if_stopped("svgfusion-decode");
    const auto part =
        latents.values.narrow(0, begin, std::min(job.batch_size, count - begin)).to(device);
    std::vector<icon::TokenIcon> tokens =
        autoencoder->decode(part, latents.labels.narrow(0, begin, part.size(0)));
    std::vector<OutputFolder::Item> items;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      const auto label = latents.labels[begin + static_cast<std::int64_t>(i)].item<std::int64_t>();
      if (label < 0 || label >= static_cast<std::int64_t>(latents.label_names.size())) {
        throw base::DataError(concat(job.latents.string(), ": label ", label, " has no name"));
      }
      items.push_back({latents.label_names[static_cast<std::size_t>(label)], numbers[label]++,
                       std::move(tokens[i])});
    }
    out.add(items);
    progress.update(begin + part.size(0));
  }
  out.finish("Decoded icons");
  return count;
}

}  // namespace svgfusion::pipeline
