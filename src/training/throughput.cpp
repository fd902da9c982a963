// SPDX-License-Identifier: MIT
#include "svgfusion/training/throughput.h"

#include <chrono>

#include "svgfusion/nn/linear.h"

namespace svgfusion::training {
namespace {

// The shortest of some runs of `body`, which ends with a number read back, so that it is done.
template <class Body>
double shortest(const Body& body) {
  constexpr int kRuns = 4;
  double best = 1e300;
  for (int i = 0; i < kRuns; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    body();
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
    if (i > 0) best = std::min(best, taken.count());  // the first warms up
  }
  return best;
}

}  // namespace

Peak measure_peak(torch::Device device) {
  const torch::NoGradGuard no_grad;
  const std::int64_t side = device.is_cuda() ? 8192 : 768;
  const std::int64_t size = device.is_cuda() ? 1 << 28 : 1 << 24;
  const auto options = torch::TensorOptions().device(device);
  const auto a = torch::ones({side, side}, options);
  Peak peak;
  const auto cube =
      static_cast<double>(side) * static_cast<double>(side) * static_cast<double>(side);
  peak.flops = 2 * cube / shortest([&] { nn::linear(a, a, {})[0][0].item<float>(); });
  const auto from = torch::ones({size}, options);
  auto to = torch::empty_like(from);
  peak.bytes = 2 * 4 * static_cast<double>(size) / shortest([&] {
                 to.copy_(from);
                 to[0].item<float>();
               });
  return peak;
}

std::map<std::string, double> throughput(const Peak& peak, double flops, double steps,
                                         double seconds, std::int64_t parameters, bool averages) {
  constexpr double kBytes = 44;
  constexpr double kAverageBytes = 12;
  const double moved =
      static_cast<double>(parameters) * (kBytes + (averages ? kAverageBytes : 0)) * steps;
  return {{"flops_per_second", flops / seconds},
          {"flops_share", flops / seconds / peak.flops},
          {"bandwidth_share", moved / seconds / peak.bytes}};
}

}  // namespace svgfusion::training
