// SPDX-License-Identifier: MIT
// How long one step takes: training and sampling of the thesis's denoiser, training, encoding and
// decoding of DeepSVG's hierarchical_ordered, training of this project's autoencoder, on synthetic
// data. Prints one JSON object; run it by engine_speed.py, which holds it against a Python program
// in the same run.

#include <c10/core/Event.h>
#include <c10/core/impl/VirtualGuardImpl.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <random>

#include "app.h"
#include "svgfusion/dataset/dataset_writer.h"
#include "svgfusion/model/deepsvg.h"
#include "svgfusion/model/latent_sampler.h"
#include "svgfusion/nn/kernel_use.h"
#include "svgfusion/nn/precision.h"
#include "svgfusion/nn/process.h"
#include "svgfusion/training/optimizer.h"
#include "svgfusion/training/step_graph.h"
#include "svgfusion/training/task.h"
#include "svgfusion/training/trace.h"

namespace {

using namespace svgfusion;
using nlohmann::json;

constexpr std::int64_t kLabels = 56;
const icon::TokenLimits kLimits{8, 30, 50};

torch::Device device = torch::kCPU;
bool wants_graph = true;

// As the Python program draws them: 1 to 8 paths, each a move and 1 to 29 lines or curves, at most
// 50 commands in all.
std::vector<icon::TokenIcon> synthetic_icons(std::int64_t count) {
  std::mt19937 random(0);
  std::geometric_distribution<int> length(1.0 / 9);
  std::vector<icon::TokenIcon> icons(static_cast<std::size_t>(count));
  for (icon::TokenIcon& icon : icons) {
    icon.grid = icon::Grid{1};
    int budget = static_cast<int>(kLimits.max_commands);
    const auto paths = 1 + static_cast<int>(random() % 8);
    for (int p = 0; p < paths; ++p) {
      const int commands = std::min({length(random) + 2, 30, budget});
      if (commands < 2) break;
      budget -= commands;
      for (int k = 0; k < commands; ++k) {
        const bool cubic = k > 0 && random() % 2 == 1;
        icon.commands.push_back(k == 0  ? icon::Command::kMove
                                : cubic ? icon::Command::kCubic
                                        : icon::Command::kLine);
        icon::Arguments arguments{};
        for (std::size_t a = cubic ? 0 : 4; a < arguments.size(); ++a)
          arguments[a] = static_cast<icon::Value>(random() % 256);
        icon.arguments.push_back(arguments);
      }
      icon.contour_offsets.push_back(static_cast<std::uint32_t>(icon.commands.size()));
      icon.closed.push_back(0);
      icon.styles.push_back(0);
    }
  }
  return icons;
}

model::IconBatch icon_batch(std::int64_t size) {
  return model::make_batch(synthetic_icons(size),
                           std::vector<std::int64_t>(static_cast<std::size_t>(size), 0), device);
}

std::filesystem::path trace_file;  // of the last three steps; empty: none

// Marks when the work given so far is done: on a GPU, where that is later than now, by its own
// clock.
class Mark {
 public:
  Mark() {
    if (!device.is_cuda()) return;
    event_.emplace(device.type(), c10::EventFlag::BACKEND_DEFAULT);
    event_->record(c10::impl::VirtualGuardImpl(device.type()).getStream(device));
  }
  double ms_since(const Mark& before) const {
    if (event_) {
      event_->synchronize();
      return before.event_->elapsedTime(*event_);
    }
    return std::chrono::duration<double, std::milli>(now_ - before.now_).count();
  }

 private:
  std::chrono::steady_clock::time_point now_ = std::chrono::steady_clock::now();
  std::optional<c10::Event> event_;
};

template <class Step>
json timed(const Step& step, int steps, std::int64_t items) {
  // A graph is recorded after a few steps.
  const int warm_up = device.is_cuda() ? 10 : 3;
  std::vector<Mark> marks;
  std::optional<training::TraceRecording> trace;
  for (int i = 0; i < warm_up + steps; ++i) {
    if (i == warm_up + steps - 3 && !trace_file.empty()) trace.emplace(device.is_cuda());
    if (i == warm_up) marks.emplace_back();
    step(i);
    if (i >= warm_up) marks.emplace_back();
  }
  std::vector<double> times;
  for (std::size_t i = 1; i < marks.size(); ++i) times.push_back(marks[i].ms_since(marks[i - 1]));
  if (trace) trace->write(trace_file);
  std::sort(times.begin(), times.end());
  const double median = times[times.size() / 2];
  return {{"ms_median", median},
          {"ms_min", times.front()},
          {"ms_max", times.back()},
          {"items_per_second", 1000 * static_cast<double>(items) / median}};
}

training::ExperimentConfig thesis(std::int64_t depth, std::int64_t batch) {
  training::ExperimentConfig config;
  config.denoiser.depth = depth;
  config.denoiser.token_code = "sincos";
  config.diffusion.schedule = "linear";
  config.diffusion.loss_weight = "sample";
  config.diffusion.variance = "learned_range";
  config.training.denoiser.batch_size = batch;
  config.training.denoiser.clip_norm = 1e9;
  config.training.denoiser.weight_decay = 0;
  config.training.denoiser.ema_decay = 0;  // as the thesis, and the Python program
  return config;
}

model::ModelInfo info_of(const training::ExperimentConfig& config) {
  model::ModelInfo info;
  info.denoiser = config.denoiser;
  info.diffusion = config.diffusion;
  info.label_names.resize(kLabels);
  return info;
}

// Of `loss` and one step of the optimiser over flat parameters, as the training loop does them.
struct Training {
  std::function<void(int)> prepare;
  std::function<torch::Tensor()> loss;
  std::function<bool()> is_capturable;
};

Training training_of(training::Task& task) {
  return {[&](int i) { task.prepare(i, {}); }, [&] { return task.loss().at("loss"); },
          [&] { return task.is_capturable(); }};
}

json train(torch::nn::Module& module, const training::StageConfig& stage, const Training& what,
           int steps, std::int64_t items) {
  module.train();
  training::FlatParameters parameters(module);
  training::Optimizer optimizer(parameters, stage);
  training::StepGraph graph(device, wants_graph);
  return timed(
      [&](int i) {
        optimizer.prepare(i + stage.warmup_steps);
        what.prepare(i);
        graph.run(
            [&] {
              const nn::RoundedWeights rounded = optimizer.rounded_weights();
              parameters.forget_gradients();
              parameters.backward(what.loss(), optimizer.takes_products());
              optimizer.step();
            },
            what.is_capturable());
      },
      steps, items);
}

json train_denoiser(std::int64_t depth, std::int64_t batch, int steps) {
  const training::ExperimentConfig config = thesis(depth, batch);
  const model::ModelInfo info = info_of(config);
  model::Denoiser denoiser(config.denoiser, info.denoiser_shape());
  denoiser->to(device);
  const training::LatentSet latents{{torch::randn({4096, 1, 256}), torch::randint(kLabels, {4096})},
                                    {torch::empty({0, 1, 256}), torch::empty({0}, torch::kLong)},
                                    ""};
  const auto task = training::make_denoiser_task(config, latents, info, denoiser, nullptr, device);
  return train(*denoiser, config.training.denoiser, training_of(*task), steps, batch);
}

// This project's autoencoder, another batch of a dataset each step, as svgfusion-train has it.
json train_icons(std::int64_t batch, int steps) {
  const auto file = std::filesystem::temp_directory_path() /
                    base::concat("engine_speed-", std::random_device()(), ".safetensors");
  dataset::DatasetWriter writer;
  for (icon::TokenIcon& icon : synthetic_icons(8 * batch)) {
    dataset::Sample sample;
    sample.icon = std::move(icon);
    writer.add(sample);
  }
  writer.write(file, {{"any"}, {icon::Style{}}, kLimits, {}});
  training::ExperimentConfig config;
  config.training.autoencoder.batch_size = batch;
  const dataset::Dataset data(file);
  std::filesystem::remove(file);  // it stays mapped
  const model::Autoencoder model = model::make_autoencoder(config.autoencoder, {kLimits, 1});
  model->to(device);
  const auto task = training::make_autoencoder_task(config, data, model, device, device.is_cuda());
  return train(*model, config.training.autoencoder, training_of(*task), steps, batch);
}

json sample_denoiser(std::int64_t depth, std::int64_t batch, int steps) {
  const training::ExperimentConfig config = thesis(depth, batch);
  const model::ModelInfo info = info_of(config);
  model::Denoiser denoiser(config.denoiser, info.denoiser_shape());
  denoiser->to(device);
  denoiser->eval();
  nn::round_weights(*denoiser, nn::product_precision());
  const diffusion::Process process(config.diffusion);
  model::SamplingConfig sampling;
  sampling.guidance = 4;
  sampling.guidance_low = 0;
  sampling.guidance_high = 1;
  const torch::NoGradGuard no_grad;
  const auto denoise = model::guided_denoiser(
      denoiser, process, sampling, torch::randint(kLabels, {batch}, torch::kLong).to(device));
  auto x = torch::randn({batch, 1, 256}).to(device);
  return timed(
      [&](int i) {
        const diffusion::Level now{0.8, 0.6}, next{0.81, 0.58};
        const auto out = denoise(x, torch::full({batch}, static_cast<float>(100 + i)).to(device));
        x = diffusion::ddim_step(
            diffusion::estimate(diffusion::Prediction::kSample, false, x, out.prediction, now), now,
            next, 0, {});
      },
      steps, batch);
}

// Sets the biases so that about this share of all paths is drawn, each to its last row: what an
// untrained model decodes is arbitrary. Returns the paths drawn.
double draw_share(model::DeepSvgImpl& model, const model::IconBatch& icons,
                  const torch::Tensor& latents, double share) {
  auto parameters = model.named_parameters();
  parameters["command_head.bias"][static_cast<std::int64_t>(model::DeepSvgCommand::kEnd)] = -99;
  const auto said = model.logits(latents, icons).visibility;
  const auto margins = (said.select(-1, 1) - said.select(-1, 0)).flatten().to(torch::kCPU);
  const auto sorted = std::get<0>(margins.sort(0, true));
  const auto drawn =
      std::max<std::int64_t>(1, std::llround(share * static_cast<double>(margins.size(0))));
  constexpr double kMargin = 0.8473;  // of a visible path, whose probability is over 0.7
  const double least = sorted[drawn - 1].item<double>();
  parameters["visibility_head.bias"][1] += kMargin - least + 1e-5;
  return static_cast<double>(drawn);
}

json autoencoder(const std::string& task, std::int64_t batch, int steps, double share) {
  model::AutoencoderConfig config;
  config.architecture = "deepsvg";
  config.deepsvg.loss_rows = "three";
  const auto model =
      std::make_shared<model::DeepSvgImpl>(config, model::AutoencoderShape{kLimits, 1});
  model->to(device);
  const model::IconBatch icons = icon_batch(batch);
  if (task == "train-autoencoder") {
    training::StageConfig stage;
    const Training what{[](int) {}, [&] { return model->loss(icons).at("total"); },
                        [] { return false; }};
    return train(*model, stage, what, steps, batch);
  }
  model->eval();
  nn::round_weights(*model, nn::product_precision());
  const torch::NoGradGuard no_grad;
  const auto latents = model->encode(icons).mean;
  if (task == "encode") return timed([&](int) { model->encode(icons); }, steps, batch);
  const double drawn = draw_share(*model, icons, latents, share);
  json out = timed([&](int) { model->decode(latents); }, steps, batch);
  out["paths_an_icon"] = drawn / static_cast<double>(batch);
  return out;
}

void run(app::Options& options) {
  nn::set_up_process(options.threads());
  at::manual_seed(0);
  trace_file = options.text_value("trace");
  device = model::device_from(options.text_value("device"));
  wants_graph = options.text_value("graph") == "auto";
  const training::DeviceScope scope(device);
  const nn::KernelUse kernels(options.text_value("kernels") == "auto");
  const nn::ProductPrecision precision(nn::precision_from(options.text_value("precision")));
  const std::string task = options.required("task");
  const std::int64_t depth = options.integer_value("depth");
  const std::int64_t batch = options.integer_value("batch");
  const auto steps = static_cast<int>(options.integer_value("steps"));
  json out = task == "train-denoiser" ? train_denoiser(depth, batch, steps)
             : task == "train-icons"  ? train_icons(batch, steps)
             : task == "sample-denoiser"
                 ? sample_denoiser(depth, batch, steps)
                 : autoencoder(task, batch, steps, options.number_value("share"));
  out["task"] = task;
  out["batch"] = batch;
  out["device"] = device.str();
  out["precision"] = options.text_value("precision");
  out["kernels"] = options.text_value("kernels");
  if (device.is_cuda()) out["graph"] = options.text_value("graph");
  std::puts(out.dump().c_str());
}

}  // namespace

int main(int argc, char** argv) {
  app::Options options("engine_speed", "Times one step on synthetic data.",
                       "engine_speed --task train-denoiser --batch 32");
  options.choice("task", "what to time", "",
                 {"train-denoiser", "sample-denoiser", "train-autoencoder", "encode", "decode",
                  "train-icons"});
  options.integer("depth", "of the denoiser", 28, 1, 1000);
  options.integer("batch", "items a step", 32, 1, 100000);
  options.integer("steps", "timed steps", 20, 1, 100000);
  options.number("share", "of all paths that decoding draws", 1, 0, 1);
  options.text("device", "cpu, cuda or cuda:N", "NAME", "cpu");
  options.choice("precision", "of products", "float32", {"float32", "bfloat16"});
  options.choice("kernels", "auto: ours; off: LibTorch's operations", "auto", {"auto", "off"});
  options.choice("graph", "auto: on a GPU, replay a step as one CUDA graph", "auto",
                 {"auto", "off"});
  options.text("trace", "also record the last three steps for chrome://tracing", "FILE.json");
  return app::run_app(argc, argv, std::move(options), run);
}
