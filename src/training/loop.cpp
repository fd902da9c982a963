// SPDX-License-Identifier: MIT
#include "svgfusion/training/loop.h"

#include <chrono>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "svgfusion/base/error.h"
#include "svgfusion/base/files.h"
#include "svgfusion/base/log.h"
#include "svgfusion/base/progress.h"
#include "svgfusion/base/signals.h"
#include "svgfusion/training/checkpoint.h"
#include "svgfusion/training/learning_rate.h"

#include <torch/nn/module.h>

namespace svgfusion::training {
namespace {

using base::concat;
using base::to_fixed;
using nlohmann::json;
namespace fs = std::filesystem;

// Sums of the steps since the last log line, on the device.
class RunningMean {
 public:
  void add(const StepMetrics& metrics) {
    for (const auto& [key, value] : metrics) {
      auto& sum = sums_[key];
      sum = sum.defined() ? sum + value.detach() : value.detach().clone();
    }
    ++count_;
  }
  Metrics take() {
    Metrics out;
    for (const auto& [key, sum] : sums_) {
      const auto host = sum.to(torch::kCPU, torch::kDouble).contiguous();
      const double* values = host.data_ptr<double>();
      for (std::int64_t i = 0; i < host.numel(); ++i) {
        out[host.dim() == 0 ? key : concat(key, "_", i)] = values[i] / static_cast<double>(count_);
      }
    }
    sums_.clear();
    count_ = 0;
    return out;
  }

 private:
  StepMetrics sums_;
  std::int64_t count_ = 0;
};

// Puts the averaged weights in place and the module into evaluation mode, until its end.
class AveragedWeights {
 public:
  AveragedWeights(torch::nn::Module& module, FlatParameters& parameters, const Optimizer& optimizer)
      : module_(module), parameters_(parameters), current_(parameters.values().clone()) {
    const torch::NoGradGuard no_grad;
    parameters_.values().copy_(optimizer.average());
    module_.eval();
  }
  ~AveragedWeights() {
    const torch::NoGradGuard no_grad;
    parameters_.values().copy_(current_);
    module_.train();
  }
  AveragedWeights(const AveragedWeights&) = delete;
  AveragedWeights& operator=(const AveragedWeights&) = delete;

 private:
  torch::nn::Module& module_;
  FlatParameters& parameters_;
  torch::Tensor current_;
};

class StageRun {
 public:
  StageRun(Task& task, const LoopPaths& paths)
      : task_(task),
        stage_(task.stage()),
        paths_(paths),
        checkpoints_(paths.run / "checkpoints" / task.name()),
        parameters_(task.module()),
        optimizer_(parameters_, stage_) {
    state_ = {0, task.name(), task.data_fingerprint(), parameters_.layout(), 0};
    base::ensure_folder(paths.run / "previews");
    restore();
  }

  void run() {
    task_.module().train();
    base::Progress progress(task_.name(), "steps", stage_.steps, state_.step);
    const std::int64_t first = state_.step;
    begin_ = std::chrono::steady_clock::now();
    seconds_before_ = state_.seconds;
    for (std::int64_t step = first; step < stage_.steps; ++step) {
      one_step(step);
      state_.step = step + 1;
      // Everything below only reports and saves.
      if (due(stage_.log_every)) log(progress);
      if (due(stage_.validate_every)) validate(progress);
      if (due(stage_.preview_every)) preview(concat("step-", state_.step));
      if (due(stage_.checkpoint_every) || base::stop_signal() != 0) {
        save();
        if (base::stop_signal() != 0) throw_stopped();
      }
    }
    progress.clear();
    if (state_.step > first || list_checkpoints(checkpoints_).empty()) save();
    validate(progress);
    preview("final");
    use_average();
    task_.module().eval();
  }

 private:
  void restore() {
    remove_leftovers(checkpoints_);
    if (!paths_.resume.empty()) {
      state_ = load_checkpoint(paths_.resume, state_, parameters_, optimizer_);
      base::log_info(concat("resumed ", task_.name(), " at step ", state_.step, " from ",
                            paths_.resume.string()));
      return;
    }
    const std::vector<fs::path> found = list_checkpoints(checkpoints_);
    if (paths_.fresh && !found.empty()) {
      throw base::UsageError(concat(paths_.run.string(), ": already holds checkpoints of the ",
                                    task_.name(),
                                    " stage; choose another --run, or --resume auto to go on"));
    }
    std::string problems;
    for (const fs::path& checkpoint : found) {
      try {
        state_ = load_checkpoint(checkpoint, state_, parameters_, optimizer_);
        base::log_info(concat("resumed ", task_.name(), " at step ", state_.step));
        return;
      } catch (const base::DataError& error) {  // an older one may be whole
        base::log_warning(error.what());
        problems = error.what();
      }
    }
    if (!problems.empty()) {
      throw base::CheckpointError(concat("no checkpoint of ", checkpoints_.string(),
                                         " can be used; the last reason: ", problems));
    }
  }

  void one_step(std::int64_t step) {
    parameters_.zero_gradients();
    StepMetrics metrics = task_.loss(step);
    metrics.at("loss").backward();
    optimizer_.add_loss(metrics.at("loss"));
    optimizer_.step(step);
    metrics["gradient_norm"] = optimizer_.gradient_norm();
    means_.add(metrics);
  }

  bool due(std::int64_t every) const { return every > 0 && state_.step % every == 0; }

  double seconds() const {
    return seconds_before_ +
           std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
  }

  void log(base::Progress& progress) {
    Metrics means = means_.take();
    last_loss_ = means.at("loss");
    check_finite();
    task_.finish(means);
    const double rate = optimizer_.rate(state_.step - 1);
    optimizer_.observe_losses();
    json line = means;
    line["stage"] = task_.name();
    line["step"] = state_.step;
    line["learning_rate"] = rate;
    line["seconds"] = seconds();
    line["icons_per_second"] = progress.rate() * static_cast<double>(stage_.batch_size);
    append(line);
    const std::string text =
        concat("loss ", to_fixed(last_loss_, 4), "  grad ", to_fixed(means.at("gradient_norm"), 2),
               "  lr ", to_fixed(rate, 6));
    progress.update(state_.step, text);
    base::log_to_file_only(concat(task_.name(), " step ", state_.step, "  ", text));
  }

  // Divergence must stop before anything is saved.
  void check_finite() const {
    const double skipped = optimizer_.skipped_in_a_row().item<double>();
    const bool too_many = skipped > static_cast<double>(stage_.max_skipped_steps);
    if (std::isfinite(last_loss_) && !too_many) return;
    throw base::DivergenceError(concat(
        task_.name(), " diverged by step ", state_.step, ": loss ", last_loss_, ", gradient norm ",
        optimizer_.gradient_norm().item<double>(), ", ", skipped,
        " steps in a row without a finite gradient; nothing was saved since the last checkpoint; "
        "lower training.",
        task_.name(), ".learning_rate"));
  }

  void validate(base::Progress& progress) {
    const AveragedWeights in_place(task_.module(), parameters_, optimizer_);
    const Metrics found = task_.validate();
    json line = found;
    line["stage"] = task_.name();
    line["step"] = state_.step;
    line["seconds"] = seconds();
    append(line);
    std::vector<std::string> parts;
    for (const auto& [key, value] : found) parts.push_back(concat(key, " ", to_fixed(value, 4)));
    progress.clear();
    base::log_info(concat(task_.name(), " step ", state_.step, "  ", base::join(parts, "  ")));
  }

  void preview(const std::string& name) {
    const AveragedWeights in_place(task_.module(), parameters_, optimizer_);
    task_.preview(paths_.run / "previews" / concat(task_.name(), "-", name, ".png"));
  }

  void use_average() {
    const torch::NoGradGuard no_grad;
    parameters_.values().copy_(optimizer_.average());
  }

  void save() {
    if (!torch::isfinite(parameters_.values().sum()).item<bool>()) {
      throw base::DivergenceError(concat(task_.name(), " has weights that are not finite at step ",
                                         state_.step, "; nothing was saved"));
    }
    check_finite();
    state_.seconds = seconds();
    save_checkpoint(checkpoints_, state_, parameters_, optimizer_, stage_.keep_checkpoints);
  }

  [[noreturn]] void throw_stopped() const {
    throw base::InterruptedError(
        base::stop_signal(),
        concat("stopped at step ", state_.step, " of the ", task_.name(), " stage by signal ",
               base::stop_signal(), "; the state is saved, the same command goes on"));
  }

  void append(const json& line) const {
    std::ofstream file(paths_.run / "metrics.jsonl", std::ios::app);
    file << line.dump() << '\n';
    if (!file.flush())
      throw base::FileError(concat((paths_.run / "metrics.jsonl").string(), ": cannot be written"));
  }

  Task& task_;
  const StageConfig& stage_;
  const LoopPaths& paths_;
  fs::path checkpoints_;
  FlatParameters parameters_;
  Optimizer optimizer_;
  CheckpointState state_;
  RunningMean means_;
  double last_loss_ = 0;
  double seconds_before_ = 0;
  std::chrono::steady_clock::time_point begin_;
};

}  // namespace

void train_stage(Task& task, const LoopPaths& paths) { StageRun(task, paths).run(); }

}  // namespace svgfusion::training
