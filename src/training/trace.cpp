// SPDX-License-Identifier: MIT
#include "svgfusion/training/trace.h"

#include <ATen/record_function.h>
#include <torch/csrc/autograd/profiler_kineto.h>

#ifdef SVGFUSION_WITH_CUDA
#include <nvtx3/nvToolsExt.h>
#endif

#include "svgfusion/base/error.h"

namespace svgfusion::training {

namespace profiler = torch::autograd::profiler;

struct Range::State {
  explicit State(const char* name) : record(at::RecordScope::USER_SCOPE) {
    if (record.isActive()) record.before(name);
#ifdef SVGFUSION_WITH_CUDA
    nvtxRangePushA(name);
#endif
  }
  ~State() {
#ifdef SVGFUSION_WITH_CUDA
    nvtxRangePop();
#endif
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  at::RecordFunction record;
};

Range::Range(const char* name) : state_(std::make_unique<State>(name)) {}
Range::~Range() = default;

TraceRecording::TraceRecording(bool with_gpu) {
  std::set<profiler::ActivityType> activities{profiler::ActivityType::CPU};
  if (with_gpu) activities.insert(profiler::ActivityType::CUDA);
  const profiler::ProfilerConfig config(profiler::ProfilerState::KINETO);
  profiler::prepareProfiler(config, activities);
  profiler::enableProfiler(config, activities);
}

TraceRecording::~TraceRecording() {
  if (is_recording_) profiler::disableProfiler();
}

void TraceRecording::write(const std::filesystem::path& path) {
  is_recording_ = false;
  profiler::disableProfiler()->save(path.string());
  if (!std::filesystem::exists(path))
    throw base::FileError(base::concat(path.string(), ": the trace cannot be written"));
}

}  // namespace svgfusion::training
