// SPDX-License-Identifier: MIT
// Where the time of a step goes, for people: named ranges and a recorded trace.
#pragma once

#include <filesystem>
#include <memory>

namespace svgfusion::training {

// A named part of a step until its end: in recorded traces, and as an NVTX range for NVIDIA's tools
// in builds with CUDA. Costs next to nothing when nobody looks.
class Range {
 public:
  explicit Range(const char* name);
  ~Range();
  Range(const Range&) = delete;
  Range& operator=(const Range&) = delete;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Records every operation of the process, and of the GPU where there is one, until `write`, as a
// trace that chrome://tracing and Perfetto open.
class TraceRecording {
 public:
  explicit TraceRecording(bool with_gpu);
  ~TraceRecording();  // without a write: forgets what was recorded
  TraceRecording(const TraceRecording&) = delete;
  TraceRecording& operator=(const TraceRecording&) = delete;
  void write(const std::filesystem::path& path);

 private:
  bool is_recording_ = true;
};

}  // namespace svgfusion::training
