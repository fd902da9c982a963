// SPDX-License-Identifier: MIT
#include <ATen/Parallel.h>

#include "output_folder.h"
#include "svgfusion/base/error.h"
#include "svgfusion/base/files.h"
#include "svgfusion/base/progress.h"
#include "svgfusion/base/signals.h"
#include "svgfusion/model/latent_sampler.h"
#include "svgfusion/model/latents.h"
#include "svgfusion/model/model_directory.h"
#include "svgfusion/model/weights.h"
#include "svgfusion/pipeline/jobs.h"

namespace svgfusion::pipeline {
namespace {

using base::concat;

struct Plan {
  std::vector<std::int64_t> labels;   // one a sample
  std::vector<std::int64_t> numbers;  // index within the label
};

class Sampling {
 public:
  explicit Sampling(const SampleJob& job)
      : job_(job),
        device_(model::device_from(job.device)),
        info_(model::load_info(job.model)),
        process_(info_.diffusion) {
    if (job.output.empty() && job.output_latents.empty()) {
      throw base::UsageError(
          "neither --output nor --output-latents is given, so there is nothing to do");
    }
    if (job.output.empty() && !job.sheet.empty()) throw base::UsageError("--sheet needs --output");
    config_ = info_.sampling;
    config_.sampler = job.sampler.value_or(config_.sampler);
    config_.steps = job.steps.value_or(config_.steps);
    config_.eta = job.eta.value_or(config_.eta);
    config_.guidance = job.guidance.value_or(config_.guidance);
    diffusion::check_sampler(process_, {config_.sampler, config_.steps, config_.eta});
    make_plan();
    if (!job.noise.empty()) read_noise();
  }

  std::int64_t run() {
    model::Denoiser denoiser = model::load_denoiser(job_.model, info_, device_);
    std::optional<model::Autoencoder> autoencoder;
    if (!job_.output.empty()) autoencoder = model::load_autoencoder(job_.model, info_, device_);
    OutputFolder out(job_.output);
    std::string table = "file\tlabel\tseed\tindex\n";
    std::vector<torch::Tensor> all;
    const auto total = static_cast<std::int64_t>(plan_.labels.size());
    base::Progress progress("sample", "icons", total);
    for (std::int64_t begin = 0; begin < total; begin += job_.batch_size) {
      const std::int64_t end = std::min(begin + job_.batch_size, total);
      const auto latents = model::sample_latents(
          denoiser, process_, config_, request(begin, end), [&](std::int64_t step) {
            base::throw_if_stopped("svgfusion-sample");
            progress.update(begin, concat("step ", step + 1, "/", config_.steps));
          });
      if (!job_.output_latents.empty()) all.push_back(latents.to(torch::kCPU));
      if (autoencoder) {
        const std::vector<icon::TokenIcon> tokens = (*autoencoder)->decode(latents);
        for (std::size_t i = 0; i < tokens.size(); ++i) {
          const std::size_t at = static_cast<std::size_t>(begin) + i;
          const OutputFolder::Written written = out.add(label_name(at), plan_.numbers[at],
                                                        icon::from_tokens(tokens[i], info_.styles));
          table += concat(written.file, "\t", written.label, "\t", job_.seed, "\t",
                          plan_.numbers[at], "\n");
        }
      }
      progress.update(end);
    }
    if (!job_.output.empty()) {
      base::write_file(job_.output / "samples.tsv", table);
      out.finish("Samples", job_.sheet);
    }
    if (!job_.output_latents.empty()) save(torch::cat(all));
    return total;
  }

 private:
  void make_plan() {
    std::vector<std::int64_t> labels;
    for (const std::string& label : job_.labels)
      labels.push_back(dataset::find_label(info_.label_names, label));
    if (labels.empty()) {
      for (std::size_t i = 0; i < info_.label_names.size(); ++i)
        labels.push_back(static_cast<std::int64_t>(i));
    }
    for (const std::int64_t label : labels) {
      for (std::int64_t i = 0; i < job_.count; ++i) {
        plan_.labels.push_back(label);
        plan_.numbers.push_back(i);
      }
    }
  }

  void read_noise() {
    const base::SafetensorsFile file(job_.noise);
    const std::vector<std::int64_t> wanted{static_cast<std::int64_t>(plan_.labels.size()),
                                           info_.autoencoder.latent_tokens,
                                           info_.autoencoder.latent_width};
    file.array<float>("noise", wanted);
    noise_ = model::to_tensor(file.tensor("noise"));
  }

  model::SampleRequest request(std::int64_t begin, std::int64_t end) const {
    model::SampleRequest out;
    for (auto i = static_cast<std::size_t>(begin); i < static_cast<std::size_t>(end); ++i) {
      out.labels.push_back(plan_.labels[i]);
      out.seeds.push_back(model::sample_seed(static_cast<std::uint64_t>(job_.seed), plan_.labels[i],
                                             plan_.numbers[i]));
    }
    if (noise_.defined()) out.start = noise_.narrow(0, begin, end - begin);
    return out;
  }

  const std::string& label_name(std::size_t sample) const {
    return info_.label_names[static_cast<std::size_t>(plan_.labels[sample])];
  }

  void save(const torch::Tensor& values) const {
    model::Latents latents;
    latents.values = values.contiguous();
    latents.labels = torch::tensor(plan_.labels, torch::kLong);
    latents.label_names = info_.label_names;
    for (std::size_t i = 0; i < plan_.labels.size(); ++i)
      latents.names.push_back(concat(label_name(i), "/", plan_.numbers[i]));
    // A directory without an autoencoder can sample too; its latents then name none.
    if (std::filesystem::exists(job_.model / "autoencoder.safetensors")) {
      latents.autoencoder =
          model::autoencoder_hash(model::load_autoencoder(job_.model, info_, torch::kCPU));
    }
    model::set_statistics(latents);
    model::save_latents(job_.output_latents, latents);
  }

  const SampleJob& job_;
  torch::Device device_;
  model::ModelInfo info_;
  diffusion::Process process_;
  model::SamplingConfig config_;
  Plan plan_;
  torch::Tensor noise_;
};

}  // namespace

std::int64_t sample(const SampleJob& job) {
  at::set_num_threads(job.threads);
  return Sampling(job).run();
}

}  // namespace svgfusion::pipeline
