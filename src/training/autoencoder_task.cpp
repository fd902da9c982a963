// SPDX-License-Identifier: MIT
#include <numeric>
#include <optional>

#include "svgfusion/base/text.h"
#include "svgfusion/model/batch_room.h"
#include "svgfusion/nn/dropout.h"
#include "svgfusion/render/raster.h"
#include "svgfusion/render/sheet.h"
#include "svgfusion/training/batches.h"
#include "svgfusion/training/static_batch.h"
#include "svgfusion/training/task.h"

namespace svgfusion::training {
namespace {

constexpr std::int64_t kMaxValidationIcons = 512;
constexpr int kRasterSize = 64;
constexpr std::size_t kPreviewIcons = 96;

class AutoencoderTask : public Task {
 public:
  AutoencoderTask(const ExperimentConfig& config, const dataset::Dataset& data,
                  model::Autoencoder model, torch::Device device, bool fixed_shapes)
      : config_(config),
        data_(data),
        model_(std::move(model)),
        device_(device),
        train_(data.indices(dataset::Split::kTrain)),
        check_(data.indices(dataset::Split::kValidation)),
        fingerprint_(data.fingerprint()),
        order_(static_cast<std::uint64_t>(config.training.seed),
               static_cast<std::int64_t>(train_.size()), torch::kCPU),
        static_batch_(device) {
    if (fixed_shapes && model_->has_fixed_loss()) draws_.emplace(device_);
    checks_held_out_ = !check_.empty();
    if (check_.empty()) check_ = train_;  // nothing is held out: report on what was trained
    if (check_.size() > static_cast<std::size_t>(kMaxValidationIcons))
      check_.resize(kMaxValidationIcons);
  }

  std::string name() const override { return "autoencoder"; }
  torch::nn::Module& module() override { return *model_; }
  const StageConfig& stage() const override { return config_.training.autoencoder; }
  torch::Device device() const override { return device_; }
  std::string data_fingerprint() const override { return fingerprint_; }

  void prepare(std::int64_t step, const Part& part) override {
    is_static_ = draws_ && put_static(step, part);
    if (!is_static_) batch_ = batch_of(step, part, device_);
    if (!part.is_whole()) set_factors(step, part);
    const auto warmup =
        static_cast<double>(std::max<std::int64_t>(1, config_.autoencoder.kl_warmup_steps));
    kl_share_ = std::min(1.0, static_cast<double>(step) / warmup);
    const auto seed = static_cast<std::uint64_t>(config_.training.seed);
    seed_step(seed, name(), step, part.index);
    if (draws_) draws_->start(step_seed(seed, base::concat(name(), " dropout"), step, part.index));
  }

  StepMetrics loss() override {
    std::optional<nn::StepDraws::Use> use;
    if (draws_) use.emplace(*draws_);
    StepMetrics metrics = model_->loss(batch_, kl_share_, factors_);
    auto total = metrics.extract("total");
    total.key() = "loss";
    metrics.insert(std::move(total));
    return metrics;
  }

  // A graph would keep the share that it has seen.
  bool is_capturable() const override {
    return is_static_ && (kl_share_ == 1 || config_.autoencoder.variant != "vae");
  }

  Metrics validate() override {
    const torch::NoGradGuard no_grad;
    const std::string prefix = checks_held_out_ ? "validation_" : "train_";
    Metrics sums;
    double good = 0;
    for_batches([&](const std::vector<std::int64_t>& indices) {
      const model::IconBatch batch = model::make_batch(data_, indices, device_);
      for (const auto& [key, value] : model_->accuracy(batch))
        sums[prefix + key] += value * static_cast<double>(indices.size());
      const std::vector<icon::Icon> icons = reconstruct(batch);
      for (std::size_t i = 0; i < icons.size(); ++i) {
        const double iou =
            render::intersection_over_union(render::rasterize(icons[i], kRasterSize),
                                            render::rasterize(data_.icon(indices[i]), kRasterSize));
        sums[prefix + "iou"] += iou;
        good += iou > 0.9 ? 1 : 0;
      }
    });
    sums[prefix + "iou_above_0.9"] = good;
    for (auto& [key, value] : sums) value /= static_cast<double>(check_.size());
    return sums;
  }

  void preview(const std::filesystem::path& sheet) override {
    const torch::NoGradGuard no_grad;
    const std::vector<std::int64_t> indices(
        check_.begin(),
        check_.begin() + static_cast<std::ptrdiff_t>(std::min(check_.size(), kPreviewIcons)));
    render::SheetRow originals{"icons", {}};
    for (const std::int64_t i : indices) originals.icons.push_back(data_.icon(i));
    const render::SheetRow copies{"reconstructions",
                                  reconstruct(model::make_batch(data_, indices, device_))};
    render::write_sheet(sheet, {originals, copies});
  }

 private:
  void make_room(const Part& part) {
    std::vector<model::BatchSizes> sizes;
    for (const std::int64_t i : train_) sizes.push_back(model::BatchSizes::of(data_.tokens(i)));
    const std::int64_t largest_part = (stage().batch_size + part.count - 1) / part.count;
    room_.emplace(sizes, largest_part, data_.info().limits);
  }

  // Whether the part fits the room, and lies there.
  bool put_static(std::int64_t step, const Part& part) {
    if (!room_) make_room(part);
    model::LabelledIcons read = model::read_icons(data_, indices_of(step, part));
    std::optional<model::IconBatch> filled =
        room_->filled(std::move(read.icons), std::move(read.labels));
    if (!filled) return false;
    model_->add_targets(*filled);
    batch_ = static_batch_.put(std::move(*filled));
    return true;
  }

  // A part's share of the batch, loss by loss, in memory that stays.
  void set_factors(std::int64_t step, const Part& part) {
    const model::LossNumbers all = model_->loss_counts(batch_of(step, {}, torch::kCPU));
    std::vector<float> shares;
    for (const auto& [name, count] : model_->loss_counts(batch_of(step, part, torch::kCPU)))
      shares.push_back(static_cast<float>(count / all.at(name)));
    if (factors_.empty()) {
      shares_ =
          torch::empty({static_cast<std::int64_t>(shares.size())}, torch::TensorOptions(device_));
      std::int64_t i = 0;
      for (const auto& [name, count] : all) factors_[name] = shares_[i++];
    }
    const auto staged = torch::TensorOptions().pinned_memory(device_.is_cuda());
    shares_.copy_(torch::tensor(shares, staged), true);
  }

  std::vector<std::int64_t> indices_of(std::int64_t step, const Part& part) {
    std::vector<std::int64_t> indices;
    for (const std::int64_t i : order_.host(step, stage().batch_size, part))
      indices.push_back(train_[static_cast<std::size_t>(i)]);
    return indices;
  }

  model::IconBatch batch_of(std::int64_t step, const Part& part, torch::Device device) {
    return model::make_batch(data_, indices_of(step, part), device);
  }

  template <class Body>
  void for_batches(const Body& body) {
    const auto size = static_cast<std::size_t>(stage().batch_size);
    for (std::size_t begin = 0; begin < check_.size(); begin += size) {
      const std::size_t end = std::min(begin + size, check_.size());
      body({check_.begin() + static_cast<std::ptrdiff_t>(begin),
            check_.begin() + static_cast<std::ptrdiff_t>(end)});
    }
  }

  std::vector<icon::Icon> reconstruct(const model::IconBatch& batch) {
    std::vector<icon::Icon> icons;
    for (const icon::TokenIcon& tokens : model_->decode(model_->encode(batch).mean, batch.labels)) {
      icons.push_back(icon::from_tokens(tokens, data_.info().styles));
    }
    return icons;
  }

  const ExperimentConfig& config_;
  const dataset::Dataset& data_;
  model::Autoencoder model_;
  torch::Device device_;
  std::vector<std::int64_t> train_;
  std::vector<std::int64_t> check_;
  bool checks_held_out_ = false;
  std::string fingerprint_;
  EpochOrder order_;
  std::optional<model::BatchRoom> room_;  // of batches that are filled up
  std::optional<nn::StepDraws> draws_;    // of dropout, where shapes are to be fixed
  StaticBatch static_batch_;
  bool is_static_ = false;      // the prepared batch lies there
  model::IconBatch batch_;      // what `prepare` made
  torch::Tensor shares_;        // the memory of:
  model::LossFactors factors_;  // its share of the batch, loss by loss; none of a whole batch
  double kl_share_ = 1;
};

}  // namespace

std::unique_ptr<Task> make_autoencoder_task(const ExperimentConfig& config,
                                            const dataset::Dataset& data, model::Autoencoder model,
                                            torch::Device device, bool fixed_shapes) {
  return std::make_unique<AutoencoderTask>(config, data, std::move(model), device, fixed_shapes);
}

}  // namespace svgfusion::training
