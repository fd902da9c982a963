// SPDX-License-Identifier: MIT
// A training step as one CUDA graph: after a few ordinary runs the launches are recorded once and
// then replayed, which frees the step from the host (developer.nvidia.com, "Getting Started with
// CUDA Graphs"). On the CPU, and in builds without CUDA, every run is an ordinary one.
#pragma once

#include <torch/types.h>

#include <functional>
#include <memory>

namespace svgfusion::training {

// Makes a GPU and a stream of its own current until its end. Modules, gradients and graphs must all
// be made and used inside one: a graph cannot record work of the default stream.
class DeviceScope {
 public:
  explicit DeviceScope(torch::Device device);
  ~DeviceScope();
  DeviceScope(const DeviceScope&) = delete;
  DeviceScope& operator=(const DeviceScope&) = delete;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

class StepGraph {
 public:
  // Records only on a GPU and when `wanted`.
  StepGraph(torch::Device device, bool wanted);
  ~StepGraph();
  StepGraph(const StepGraph&) = delete;
  StepGraph& operator=(const StepGraph&) = delete;

  // One step. `body` must be the same launches on the same memory every time and never wait for the
  // device, in all steps that are `capturable`; others are ordinary ones. Where recording fails, a
  // warning says why and all steps stay ordinary ones.
  void run(const std::function<void()>& body, bool capturable = true);
  // Whether a run of a capturable step is a replay, which the host does not see.
  bool is_replaying() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace svgfusion::training
