// SPDX-License-Identifier: MIT
#include <map>

#include "output_folder.h"
#include "svgfusion/base/error.h"
#include "svgfusion/base/files.h"
#include "svgfusion/base/progress.h"
#include "svgfusion/base/signals.h"
#include "svgfusion/model/latent_sampler.h"
#include "svgfusion/model/latents.h"
#include "svgfusion/model/model_directory.h"
#include "svgfusion/model/weights.h"
#include "svgfusion/nn/precision.h"
#include "svgfusion/nn/process.h"
#include "svgfusion/pipeline/jobs.h"
#include "svgfusion/render/sheet.h"
#include "way.h"

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
    if (job.output.empty()) {
      for (const auto& [name, path] :
           {std::pair("--sheet", job.sheet), std::pair("--strip", job.strip),
            std::pair("--animation", job.animation)}) {
        if (!path.empty()) throw base::UsageError(concat(name, " needs --output"));
      }
    }
    if (job.random_latents && (!job.noise.empty() || job.as_in_thesis || wants_way())) {
      throw base::UsageError(
          "--random-latents asks no denoiser, so it goes with none of --noise, --compat, --strip "
          "and "
          "--animation");
    }
    config_ = info_.sampling;
    config_.sampler = job.sampler.value_or(config_.sampler);
    config_.steps = job.steps.value_or(config_.steps);
    // Steps given here are evenly spread, whatever the model's spacing.
    if (job.steps) config_.spacing.clear();
    config_.spacing = job.spacing.value_or(config_.spacing);
    config_.eta = job.eta.value_or(config_.eta);
    config_.guidance = job.guidance.value_or(config_.guidance);
    diffusion::check_sampler(process_,
                             {config_.sampler, config_.steps, config_.eta, config_.spacing});
    make_plan();
    if (!job.noise.empty()) read_noise();
  }

  std::int64_t run() {
    model::Denoiser denoiser{nullptr};
    if (!job_.random_latents) {
      denoiser = model::load_denoiser(job_.model, info_, device_);
      nn::round_weights(*denoiser, nn::precision_from(job_.precision));
    }
    std::optional<model::Autoencoder> autoencoder;
    if (!job_.output.empty()) autoencoder = model::load_autoencoder(job_.model, info_, device_);
    OutputFolder out(job_.output, job_.sheet, info_.styles);
    std::string table = "file\tlabel\tseed\tindex\n";
    std::vector<torch::Tensor> all;
    const auto total = static_cast<std::int64_t>(plan_.labels.size());
    base::Progress progress("sample", "icons", total);
    const std::int64_t steps =
        static_cast<std::int64_t>(process_.stops(config_.steps, config_.spacing).size()) - 1;
    Way way(steps);
    // In the thesis's way a sample depends on all others.
    const std::int64_t at_once = job_.as_in_thesis ? total : job_.batch_size;
    for (std::int64_t begin = 0; begin < total; begin += at_once) {
      const std::int64_t end = std::min(begin + at_once, total);
      model::SampleRequest part = request(begin, end);
      if (wants_way() && begin == 0) part.observe = way.observer();
      const auto step_done = [&](std::int64_t step) {
        base::throw_if_stopped("svgfusion-sample");
        progress.update(begin, concat("step ", step + 1, "/", steps));
      };
      const auto latents =
          job_.random_latents
              ? model::random_latents(part.seeds, info_.denoiser_shape()).to(device_)
              : model::sample_latents(denoiser, process_, config_, part, step_done);
      if (!job_.output_latents.empty()) all.push_back(latents.to(torch::kCPU));
      if (autoencoder) {
        std::vector<icon::TokenIcon> tokens =
            (*autoencoder)->decode(latents, torch::tensor(part.labels, torch::kLong));
        std::vector<OutputFolder::Item> items;
        for (std::size_t i = 0; i < tokens.size(); ++i) {
          const std::size_t at = static_cast<std::size_t>(begin) + i;
          items.push_back({label_name(at), plan_.numbers[at], std::move(tokens[i])});
        }
        const std::vector<std::string> files = out.add(items);
        for (std::size_t i = 0; i < items.size(); ++i)
          table +=
              concat(files[i], "\t", items[i].label, "\t", job_.seed, "\t", items[i].number, "\n");
      }
      progress.update(end);
    }
    if (!job_.output.empty()) {
      base::write_file(job_.output / "samples.tsv", table);
      out.finish("Samples");
      if (wants_way()) write_way(way, **autoencoder);
    }
    if (!job_.output_latents.empty()) save(torch::cat(all));
    return total;
  }

 private:
  bool wants_way() const { return !job_.strip.empty() || !job_.animation.empty(); }

  // x_t decoded as it stands, and the clean latent estimated from it.
  void write_way(const Way& way, model::AutoencoderImpl& autoencoder) const {
    const auto label = torch::tensor({plan_.labels[0]}, torch::kLong);
    const auto icons = [&](const std::vector<torch::Tensor>& latents) {
      std::vector<icon::Icon> out;
      for (const torch::Tensor& z : latents)
        out.push_back(icon::from_tokens(autoencoder.decode(z, label)[0], info_.styles));
      return out;
    };
    const std::vector<icon::Icon> states = icons(way.states());
    if (!job_.strip.empty()) {
      render::write_sheet(job_.strip, {{concat(label_name(0), ", x_t"), states},
                                       {"estimate of x_0", icons(way.estimates())}});
    }
    if (!job_.animation.empty()) render::write_animation(job_.animation, states);
  }

  void make_plan() {
    std::vector<std::int64_t> labels;
    for (const std::string& label : job_.labels)
      labels.push_back(dataset::find_label(info_.label_names, label));
    if (labels.empty() && job_.random_latents) labels.push_back(0);
    if (labels.empty()) {
      for (std::size_t i = 0; i < info_.label_names.size(); ++i)
        labels.push_back(static_cast<std::int64_t>(i));
    }
    std::map<std::int64_t, std::int64_t> next;  // a label named twice goes on counting
    for (const std::int64_t label : labels) {
      for (std::int64_t i = 0; i < job_.count; ++i) {
        plan_.labels.push_back(label);
        plan_.numbers.push_back(next[label]++);
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
    out.as_in_thesis = job_.as_in_thesis;
    return out;
  }

  const std::string& label_name(std::size_t sample) const {
    static const std::string kRandom = "random";
    if (job_.random_latents && job_.labels.empty()) return kRandom;
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
    model::set_statistics(latents, info_.autoencoder.is_per_contour());
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
  nn::set_up_process(job.threads);
  return Sampling(job).run();
}

}  // namespace svgfusion::pipeline
