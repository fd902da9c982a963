// SPDX-License-Identifier: MIT
#include "svgfusion/training/loop.h"

#include <chrono>
#include <cmath>

#include "averaged_weights.h"
#include "step.h"
#include "svgfusion/base/error.h"
#include "svgfusion/base/files.h"
#include "svgfusion/base/log.h"
#include "svgfusion/base/progress.h"
#include "svgfusion/base/signals.h"
#include "svgfusion/training/checkpoint.h"
#include "svgfusion/training/metrics_log.h"
#include "svgfusion/training/throughput.h"
#include "svgfusion/training/trace.h"

namespace svgfusion::training {
namespace {

using base::concat;
using base::to_fixed;
namespace fs = std::filesystem;

// Several processes ask each other only so often whether one was told to stop.
constexpr std::int64_t kAgreeEvery = 10;
// A trace leaves out the first steps, which are not like the others.
constexpr std::int64_t kProfileFrom = 10;
constexpr std::int64_t kProfileSteps = 10;

double seconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

class StageRun {
 public:
  StageRun(Task& task, const LoopOptions& options, Communicator& communicator)
      : task_(task),
        stage_(task.stage()),
        options_(options),
        communicator_(communicator),
        checkpoints_(options.run / "checkpoints" / task.name()),
        parameters_(task.module()),
        optimizer_(parameters_, stage_),
        step_(task, parameters_, optimizer_, communicator, options.graph) {
    state_ = {0, task.name(), task.data_fingerprint(), parameters_.layout(), 0};
    if (communicator_.is_first()) restore();
    share_state();
    if (communicator_.is_first()) {
      base::ensure_folder(options.run / "previews");
      log_ = std::make_unique<MetricsLog>(options.run, task.name(), state_.step);
      peak_ = measure_peak(task.device());
    }
  }

  void run() {
    task_.module().train();
    base::Progress progress(task_.name(), "steps", stage_.steps, state_.step);
    const std::int64_t first = state_.step;
    begin_ = line_begin_ = std::chrono::steady_clock::now();
    seconds_before_ = state_.seconds;
    flops_at_line_ = step_.flops();
    line_step_ = first;
    for (std::int64_t step = first; step < stage_.steps; ++step) {
      profile(step - first);
      step_.run(step);
      state_.step = step + 1;
      // Everything below only reports and saves.
      if (due(stage_.log_every)) log(progress);
      const bool is_last = state_.step == stage_.steps;  // what follows the last is done below
      if (due(stage_.validate_every) && !is_last) validate(progress);
      if (due(stage_.preview_every) && !is_last) preview(concat("step-", state_.step));
      const int signal = agreed_signal();
      if ((due(stage_.checkpoint_every) && !is_last) || signal != 0) save();
      if (signal != 0) throw_stopped(signal);
    }
    write_trace();
    progress.clear();
    if (state_.step > first || list_checkpoints(checkpoints_).empty()) save();
    validate(progress);
    preview("final");
    const torch::NoGradGuard no_grad;
    parameters_.values().copy_(optimizer_.average());
    task_.module().eval();
  }

 private:
  void restore() {
    remove_leftovers(checkpoints_);
    if (!options_.resume.empty()) {
      state_ = load_checkpoint(options_.resume, state_, parameters_, optimizer_);
      base::log_info(concat("resumed ", task_.name(), " at step ", state_.step, " from ",
                            options_.resume.string()));
      return;
    }
    const std::vector<fs::path> found = list_checkpoints(checkpoints_);
    if (options_.fresh && !found.empty()) {
      throw base::UsageError(concat(options_.run.string(), ": already holds checkpoints of the ",
                                    task_.name(),
                                    " stage; choose another --run, or --resume auto to go on"));
    }
    if (load_newest(found, state_, parameters_, optimizer_))
      base::log_info(concat("resumed ", task_.name(), " at step ", state_.step));
  }

  // All processes begin where the first one does.
  void share_state() {
    if (communicator_.world() == 1) return;
    const torch::NoGradGuard no_grad;
    auto progress =
        torch::tensor({static_cast<double>(state_.step), state_.seconds}, torch::kDouble);
    communicator_.broadcast(progress);
    state_.step = static_cast<std::int64_t>(progress[0].item<double>());
    state_.seconds = progress[1].item<double>();
    communicator_.broadcast(parameters_.values());
    for (auto& [name, tensor] : optimizer_.state()) {
      torch::Tensor flat = tensor.view({-1});
      communicator_.broadcast(flat);
    }
    if (!communicator_.is_first()) optimizer_.loss_sum().zero_();
  }

  bool due(std::int64_t every) const { return every > 0 && state_.step % every == 0; }

  double seconds() const { return seconds_before_ + seconds_since(begin_); }

  // The signal that any process was stopped by, known to all; else 0.
  int agreed_signal() {
    if (communicator_.world() == 1) return base::stop_signal();
    if (!due(kAgreeEvery) && state_.step != stage_.steps) return 0;
    return static_cast<int>(communicator_.largest(base::stop_signal()));
  }

  void log(base::Progress& progress) {
    const std::int64_t steps = state_.step - line_step_;
    Metrics means = step_.means().take(steps, communicator_);
    const double loss = means.at("loss");
    auto own_sum = optimizer_.loss_sum().to(torch::kCPU, torch::kDouble).view({1});
    communicator_.sum(own_sum);
    last_loss_ = loss;
    check_finite();
    const double rate = optimizer_.rate(state_.step - 1);
    optimizer_.observe_loss(own_sum.item<double>() / static_cast<double>(stage_.log_every));
    if (!communicator_.is_first()) return start_line();
    task_.finish(means);
    means["learning_rate"] = rate;
    const double taken = seconds_since(line_begin_);
    means["icons_per_second"] = static_cast<double>(steps * stage_.batch_size) / taken;
    means.merge(throughput(peak_, static_cast<double>(step_.flops() - flops_at_line_),
                           static_cast<double>(steps), taken, parameters_.size(),
                           stage_.ema_decay > 0));
    log_->write(state_.step, seconds(), means);
    const std::string text =
        concat("loss ", to_fixed(loss, 4), "  grad ", to_fixed(means.at("gradient_norm"), 2),
               "  lr ", to_fixed(rate, 6));
    progress.update(state_.step, text);
    base::log_to_file_only(concat(task_.name(), " step ", state_.step, "  ", text));
    start_line();
  }

  void start_line() {
    line_step_ = state_.step;
    line_begin_ = std::chrono::steady_clock::now();
    flops_at_line_ = step_.flops();
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
    if (!communicator_.is_first()) return;
    const Range range("validation");
    const AveragedWeights in_place(task_.module(), parameters_, optimizer_);
    const Metrics found = task_.validate();
    log_->write(state_.step, seconds(), found);
    std::vector<std::string> parts;
    for (const auto& [key, value] : found) parts.push_back(concat(key, " ", to_fixed(value, 4)));
    progress.clear();
    base::log_info(concat(task_.name(), " step ", state_.step, "  ", base::join(parts, "  ")));
  }

  void preview(const std::string& name) {
    if (!communicator_.is_first()) return;
    const Range range("preview");
    const AveragedWeights in_place(task_.module(), parameters_, optimizer_);
    const fs::path sheet = options_.run / "previews" / concat(task_.name(), "-", name, ".png");
    task_.preview(sheet);
    if (fs::exists(sheet)) log_->picture(state_.step, sheet);
  }

  void save() {
    const Range range("checkpoint");
    if (!torch::isfinite(parameters_.values().sum()).item<bool>()) {
      throw base::DivergenceError(concat(task_.name(), " has weights that are not finite at step ",
                                         state_.step, "; nothing was saved"));
    }
    check_finite();
    if (communicator_.world() > 1) {
      // A checkpoint knows one process: it holds the losses of all.
      torch::Tensor sum = optimizer_.loss_sum().view({1});
      communicator_.sum(sum);
      if (!communicator_.is_first()) optimizer_.loss_sum().zero_();
    }
    if (!communicator_.is_first()) return;
    state_.seconds = seconds();
    save_checkpoint(checkpoints_, state_, parameters_, optimizer_,
                    {stage_.keep_checkpoints, stage_.keep_every});
  }

  // Starts, ends and writes a recording, `steps` steps after the first one.
  void profile(std::int64_t steps) {
    if (!options_.profile || !communicator_.is_first()) return;
    if (steps == kProfileFrom) trace_ = std::make_unique<TraceRecording>(task_.device().is_cuda());
    if (steps == kProfileFrom + kProfileSteps) write_trace();
  }

  void write_trace() {
    if (!trace_) return;
    const fs::path path = options_.run / concat("profile-", task_.name(), ".json");
    trace_->write(path);
    trace_.reset();
    base::log_info(concat(path.string(), ": where the time goes; chrome://tracing opens it"));
  }

  [[noreturn]] void throw_stopped(int signal) const {
    throw base::InterruptedError(signal, concat("stopped at step ", state_.step, " of the ",
                                                task_.name(), " stage by signal ", signal,
                                                "; the state is saved, the same command goes on"));
  }

  Task& task_;
  const StageConfig& stage_;
  const LoopOptions& options_;
  Communicator& communicator_;
  fs::path checkpoints_;
  FlatParameters parameters_;
  Optimizer optimizer_;
  Step step_;
  CheckpointState state_;
  std::unique_ptr<MetricsLog> log_;        // of the first process
  std::unique_ptr<TraceRecording> trace_;  // while it runs
  Peak peak_;
  double last_loss_ = 0;
  double seconds_before_ = 0;
  std::chrono::steady_clock::time_point begin_, line_begin_;
  std::int64_t line_step_ = 0;
  std::int64_t flops_at_line_ = 0;
};

}  // namespace

void train_stage(Task& task, const LoopOptions& options, Communicator& communicator) {
  StageRun(task, options, communicator).run();
}

}  // namespace svgfusion::training
