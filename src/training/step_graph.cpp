// SPDX-License-Identifier: MIT
#include "svgfusion/training/step_graph.h"

#include "svgfusion/base/log.h"
#include "svgfusion/base/text.h"

#ifdef SVGFUSION_WITH_CUDA
#include <ATen/cuda/CUDAGraph.h>
#include <c10/cuda/CUDACachingAllocator.h>
#include <c10/cuda/CUDAGuard.h>
#endif

namespace svgfusion::training {

#ifdef SVGFUSION_WITH_CUDA

struct DeviceScope::State {
  explicit State(torch::Device device)
      : on_device(device), on_stream(c10::cuda::getStreamFromPool(true, device.index())) {}
  c10::cuda::CUDAGuard on_device;
  c10::cuda::CUDAStreamGuard on_stream;
};

DeviceScope::DeviceScope(torch::Device device) {
  if (device.is_cuda()) state_ = std::make_unique<State>(device);
}

struct StepGraph::State {
  static constexpr int kWarmUpSteps = 4;  // libraries choose their kernels, memory finds its size
  int runs = 0;
  bool is_recorded = false;
  bool has_failed = false;
  at::cuda::CUDAGraph graph;

  void record(const std::function<void()>& body) {
    c10::cuda::getCurrentCUDAStream().synchronize();
    c10::cuda::CUDACachingAllocator::emptyCache();
    try {
      graph.capture_begin({0, 0}, cudaStreamCaptureModeThreadLocal);
      body();
      graph.capture_end();
      is_recorded = true;
    } catch (const std::exception& error) {
      has_failed = true;
      try {
        graph.capture_end();
      } catch (const std::exception&) {  // the capture was broken already
      }
      graph.reset();
      base::log_warning(base::concat("training goes on without a CUDA graph: ", error.what()));
    }
  }
};

StepGraph::StepGraph(torch::Device device, bool wanted) {
  if (device.is_cuda() && wanted) state_ = std::make_unique<State>();
}

void StepGraph::run(const std::function<void()>& body, bool capturable) {
  if (!capturable) return body();
  if (state_ && !state_->is_recorded && !state_->has_failed &&
      state_->runs++ >= State::kWarmUpSteps) {
    state_->record(body);
  }
  if (is_replaying()) {
    state_->graph.replay();
  } else {
    body();
  }
}

bool StepGraph::is_replaying() const { return state_ && state_->is_recorded; }

#else

struct DeviceScope::State {};
DeviceScope::DeviceScope(torch::Device) {}
struct StepGraph::State {};
StepGraph::StepGraph(torch::Device, bool) {}
void StepGraph::run(const std::function<void()>& body, bool) { body(); }
bool StepGraph::is_replaying() const { return false; }

#endif

DeviceScope::~DeviceScope() = default;
StepGraph::~StepGraph() = default;

}  // namespace svgfusion::training
