// SPDX-License-Identifier: MIT
#include "svgfusion/evaluation/evaluate.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>

#include "svgfusion/base/progress.h"
#include "svgfusion/base/signals.h"
#include "svgfusion/evaluation/metrics.h"
#include "svgfusion/model/latent_sampler.h"
#include "svgfusion/model/model_directory.h"
#include "svgfusion/nn/process.h"
#include "svgfusion/render/sheet.h"

namespace svgfusion::evaluation {
namespace {

using base::concat;
using nlohmann::json;

constexpr std::int64_t kBatch = 128;
constexpr std::size_t kWorstShown = 10;

double mean(const std::vector<double>& values) {
  return values.empty() ? 0
                        : std::accumulate(values.begin(), values.end(), 0.0) /
                              static_cast<double>(values.size());
}

double share(const std::vector<double>& values, double above) {
  const auto count =
      std::count_if(values.begin(), values.end(), [&](double v) { return v > above; });
  return values.empty() ? 0 : static_cast<double>(count) / static_cast<double>(values.size());
}

class Evaluation {
 public:
  explicit Evaluation(const EvaluateJob& job)
      : job_(job),
        device_(model::device_from(job.device)),
        info_(model::load_info(job.model)),
        data_(job.data),
        autoencoder_(model::load_autoencoder(job.model, info_, device_)) {
    model::check_fits(data_, info_);
    if (data_.info().label_names != info_.label_names) {
      throw base::DataError(concat(job.data.string(),
                                   ": has other labels than the model; evaluate on the dataset it "
                                   "was trained on, or on one prepared like it"));
    }
  }

  json run() {
    json report = {{"model", job_.model.string()},
                   {"data", job_.data.string()},
                   {"icons", data_.size()},
                   {"reconstruction", reconstruction()}};
    if (info_.has_denoiser && job_.count > 0) report["samples"] = samples();
    return report;
  }

 private:
  icon::Icon drawn(const icon::TokenIcon& tokens) const {
    return icon::from_tokens(tokens, info_.styles);
  }

  json reconstruction() {
    const torch::NoGradGuard no_grad;
    std::string of = "all icons";
    std::vector<std::int64_t> chosen(static_cast<std::size_t>(data_.size()));
    std::iota(chosen.begin(), chosen.end(), std::int64_t{0});
    for (const dataset::Split split : {dataset::Split::kValidation, dataset::Split::kTest}) {
      const auto held_out = data_.indices(split);
      if (held_out.empty()) continue;
      chosen = held_out;
      of = concat(dataset::name_of(split), " split");
    }
    std::vector<double> ious, distances, exact;
    std::map<std::string, double> accuracy;
    std::vector<std::pair<double, std::string>> worst;
    base::Progress progress("reconstruct", "icons", static_cast<std::int64_t>(chosen.size()));
    for (std::size_t begin = 0; begin < chosen.size(); begin += kBatch) {
      base::throw_if_stopped("svgfusion-eval");
      const std::vector<std::int64_t> part(
          chosen.begin() + static_cast<std::ptrdiff_t>(begin),
          chosen.begin() + static_cast<std::ptrdiff_t>(std::min(chosen.size(), begin + kBatch)));
      const model::IconBatch batch = model::make_batch(data_, part, device_);
      for (const auto& [key, value] : autoencoder_->accuracy(batch))
        accuracy[key] += value * static_cast<double>(part.size());
      const std::vector<icon::TokenIcon> decoded =
          autoencoder_->decode(autoencoder_->encode(batch).mean, batch.labels);
      for (std::size_t i = 0; i < part.size(); ++i) {
        const icon::Icon original = data_.icon(part[i]);
        const icon::Icon copy = drawn(decoded[i]);
        ious.push_back(render::intersection_over_union(render::rasterize(original, kRasterSize),
                                                       render::rasterize(copy, kRasterSize)));
        distances.push_back(chamfer_percent(original, copy));
        exact.push_back(decoded[i] == data_.tokens(part[i]) ? 1 : 0);
        worst.emplace_back(ious.back(), std::string(data_.name(part[i])));
      }
      progress.update(static_cast<std::int64_t>(begin + part.size()));
    }
    std::sort(worst.begin(), worst.end());
    if (worst.size() > kWorstShown) worst.resize(kWorstShown);
    json out = {{"of", of},
                {"icons", chosen.size()},
                {"iou_mean", mean(ious)},
                {"iou_above_0.9", share(ious, 0.9)},
                {"iou_min", *std::min_element(ious.begin(), ious.end())},
                {"chamfer_percent", mean(distances)},
                {"exact_tokens", mean(exact)}};
    for (const auto& [key, value] : accuracy) out[key] = value / static_cast<double>(chosen.size());
    for (const auto& [iou, name] : worst) out["worst"].push_back({{"file", name}, {"iou", iou}});
    return out;
  }

  std::vector<render::GrayImage> pictures_of(const std::vector<std::int64_t>& icons) const {
    constexpr std::int64_t kGrain = 64;
    std::vector<render::GrayImage> out(icons.size());
    nn::for_each_index(icons.size(), kGrain, [&](std::size_t i) {
      out[i] = render::rasterize(data_.icon(icons[i]), kRasterSize);
    });
    return out;
  }

  json samples() {
    model::Denoiser denoiser = model::load_denoiser(job_.model, info_, device_);
    const diffusion::Process process(info_.diffusion);
    const std::vector<std::int64_t> train = data_.indices(dataset::Split::kTrain);
    const std::vector<render::GrayImage> pictures = pictures_of(train);
    std::int64_t valid = 0;
    std::int64_t right_label = 0;
    std::vector<double> ious;
    std::map<std::string, std::int64_t> problems;
    json per_label = json::array();
    std::vector<render::SheetRow> rows;
    base::Progress progress("sample", "labels",
                            static_cast<std::int64_t>(info_.label_names.size()));
    for (std::size_t label = 0; label < info_.label_names.size(); ++label) {
      base::throw_if_stopped("svgfusion-eval");
      model::SampleRequest request;
      for (std::int64_t i = 0; i < job_.count; ++i) {
        request.labels.push_back(static_cast<std::int64_t>(label));
        request.seeds.push_back(model::sample_seed(static_cast<std::uint64_t>(job_.seed),
                                                   static_cast<std::int64_t>(label), i));
      }
      render::SheetRow made{info_.label_names[label], {}};
      render::SheetRow near{"", {}};
      std::int64_t right_here = 0;
      for (const icon::TokenIcon& tokens :
           autoencoder_->decode(model::sample_latents(denoiser, process, info_.sampling, request),
                                torch::full({job_.count}, static_cast<std::int64_t>(label)))) {
        const icon::Icon icon = drawn(tokens);
        const std::string problem = validity_problem(icon);
        if (problem.empty())
          ++valid;
        else
          ++problems[problem];
        const Nearest nearest = nearest_picture(render::rasterize(icon, kRasterSize), pictures);
        const std::int64_t found = train[static_cast<std::size_t>(nearest.index)];
        if (data_.labels()[static_cast<std::size_t>(found)] == static_cast<std::int32_t>(label))
          ++right_here;
        ious.push_back(nearest.iou);
        made.icons.push_back(icon);
        near.icons.push_back(data_.icon(found));
      }
      right_label += right_here;
      per_label.push_back({{"label", info_.label_names[label]},
                           {"nearest_has_label",
                            static_cast<double>(right_here) / static_cast<double>(job_.count)}});
      rows.push_back(std::move(made));
      rows.push_back(std::move(near));
      progress.update(static_cast<std::int64_t>(label) + 1);
    }
    if (!job_.sheet.empty()) render::write_sheet(job_.sheet, rows);
    const auto total = static_cast<double>(ious.size());
    return {{"count", ious.size()},
            {"seed", job_.seed},
            {"valid", static_cast<double>(valid) / total},
            {"problems", problems},
            {"nearest_has_label", static_cast<double>(right_label) / total},
            {"nearest_iou_mean", mean(ious)},
            {"per_label", per_label}};
  }

  const EvaluateJob& job_;
  torch::Device device_;
  model::ModelInfo info_;
  dataset::Dataset data_;
  model::Autoencoder autoencoder_;
};

}  // namespace

json evaluate(const EvaluateJob& job) {
  nn::set_up_process(job.threads);
  return Evaluation(job).run();
}

}  // namespace svgfusion::evaluation
